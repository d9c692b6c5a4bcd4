/** The server from within: whether Systems Manager hears of it, and what its own self-test says, by Run Command. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  SendCommandCommand,
  SSMServiceException,
} from '@aws-sdk/client-ssm';
import * as v from 'valibot';
import { isCode, must } from '../../../shared/adapters/answers.ts';
import { toCommandFailure, toCommandRefusal } from '../../../shared/core/secrets.ts';
import { toDuration } from '../../../shared/core/words.ts';
import { Trouble } from '../trouble.ts';
import { type Facts, toServer } from './facts.ts';
import { bad, good, type Said, Unmet, unknown } from './model.ts';

const offline =
  "Secrets can't be renewed on it: if it stays so for some minutes, replace it: vpn drill";

export async function checkAgent({ aws, seen }: Facts): Promise<Said> {
  const { id } = toServer(await seen());
  const Filters = [{ Key: 'InstanceIds', Values: [id] }];
  const command = new DescribeInstanceInformationCommand({ Filters });
  const { InstanceInformationList = [] } = await aws.clients.ssm.send(command);
  const [found] = InstanceInformationList;
  if (!found) return bad(`Systems Manager does not know ${id} yet`, `Wait two minutes. ${offline}`);
  const { PingStatus, LastPingDateTime } = found;
  const ago = LastPingDateTime
    ? `, last heard of ${toDuration(Math.max(0, aws.now() - LastPingDateTime.getTime()))} ago`
    : '';
  return PingStatus === 'Online' ? good(`online${ago}`) : bad(`${PingStatus}${ago}`, offline);
}

/** As `agent check --json` prints it (image/usr/local/lib/perennial/server/check.py). */
const tested = v.array(v.object({ name: v.string(), good: v.boolean(), detail: v.string() }));

/** Each finding of the server is one of ours, under its own name. */
export async function checkServerItself(facts: Facts): Promise<Said | (Said & { name: string })[]> {
  const { id } = toServer(await facts.seen());
  const { status, output, error } = await runSelfTest(facts, id);
  const found = v.safeParse(tested, toValue(output));
  if (!found.success) {
    const why = toCommandFailure(status) ?? (error.trim() || `it ended with ${status}`);
    return unknown(
      `it came to nothing: ${why}`,
      'If the image is older than this, bake another: vpn bake',
    );
  }
  return found.output.map(({ name, good: isGood, detail }) => ({
    name: `server: ${name}`,
    ...(isGood ? good(detail) : bad(detail, remedies[name] ?? usualRemedy)),
  }));
}

const usualRemedy =
  'Replace the server: vpn drill. If it comes again, bake another image: vpn bake';

const remedies: Record<string, string> = {
  forwarding: `Nothing gets through without it (net.ipv4.ip_forward=1). ${usualRemedy}`,
  firewall: `Without NAT nothing comes back, and without the clamp some sites hang. ${usualRemedy}`,
  clock: 'It may yet be set, if the server has just booted. Else: vpn drill',
  'pptp kernel':
    "PPTP needs Debian's own kernel, not the cloud kernel: bake another image: vpn bake",
};

const pollMs = 1_000;
const pollsMax = 75;
/** AWS's least; one that waits for longer is not online. */
const deliverySeconds = 30;

/** Reads, and changes nothing: the document has no parameters. */
async function runSelfTest({ aws, signal }: Facts, serverId: string) {
  const { settings } = aws;
  const { ssm } = aws.clients;
  const command = new SendCommandCommand({
    DocumentName: `Perennial-SelfTest-${settings.policy.vpn}`,
    InstanceIds: [serverId],
    TimeoutSeconds: deliverySeconds,
    Comment: 'vpn doctor',
  });
  const { Command } = await ssm.send(command).catch((error: unknown): never => {
    if (
      error instanceof SSMServiceException &&
      error.$fault === 'client' &&
      !isCode(error, 'AccessDeniedException')
    )
      throw new Unmet(toCommandRefusal(error.name));
    throw error;
  });
  const CommandId = must(Command?.CommandId, 'CommandId');
  for (let poll = 0; poll < pollsMax; poll++) {
    await sleep(pollMs, undefined, { signal });
    const answer = await ssm
      .send(new GetCommandInvocationCommand({ CommandId, InstanceId: serverId }))
      .catch((error: unknown) => {
        // Asked too soon.
        if (isCode(error, 'InvocationDoesNotExist')) return null;
        throw error;
      });
    const status = answer?.StatusDetails ?? 'Pending';
    if (['Pending', 'In Progress', 'InProgress', 'Delayed'].includes(status)) continue;
    return {
      status: status.replaceAll(' ', ''),
      output: answer?.StandardOutputContent ?? '',
      error: answer?.StandardErrorContent ?? '',
    };
  }
  throw new Trouble(`the self-test has not ended after ${(pollsMax * pollMs) / 1_000} s`);
}

function toValue(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
