/** `vpn doctor`: looks for what may keep a VPN from being deployed or from working, and says what to do. */
import { Option } from 'commander';
import type { Command, Context, Given } from '../command.ts';
import type { Facts } from '../doctor/facts.ts';
import type { Check, Finding, Said } from '../doctor/model.ts';
import type { Dial } from '../doctor/outside.ts';
import { readLocalState } from '../places.ts';
import { Usage } from '../trouble.ts';
import { toFindingsText } from '../words/findings.ts';

/** Something is broken; or nothing is, but there is something to look at, or that could not be checked. */
const broken = 1;
const doubtful = 3;

export const doctor: Command = {
  name: 'doctor',
  summary:
    'Checks the account before a deployment, and the VPN after it, each fault with its remedy',
  options: [
    new Option('--account', 'only what must be true before a deployment'),
    new Option('--resolver <address>', "a DNS server to ask in place of this machine's own"),
  ],
  examples: [
    ['doctor', 'exits with 0 if all is well, 1 if something is broken, 3 if something is in doubt'],
    ['doctor --account', 'before the first deployment'],
    [
      'doctor --resolver 1.1.1.1 --json',
      'for programs, and as the rest of the world sees the name',
    ],
  ],
  async run(context, given) {
    const { screen, signal } = context;
    const [{ toAws }, { toFacts }, { diagnose }] = await Promise.all([
      import('../aws.ts'),
      import('../doctor/facts.ts'),
      import('../doctor/diagnose.ts'),
    ]);
    const facts = toFacts(toAws(context), await findDns(context, given), signal);
    const checks = await toChecks(context, given, facts);
    const findings = await screen.during('Checking', (say) => diagnose(checks, { signal, say }));
    screen.show({ findings }, toFindingsText(findings));
    return toExitCode(findings);
  },
};

async function findDns({ reach, env }: Context, given: Given) {
  const { toDns } = await import('../doctor/dns.ts');
  const address = given.text('resolver') ?? (reach.local ? readLocalState(env).dns : undefined);
  try {
    return toDns(address);
  } catch {
    throw new Usage(`${address} is no address of a DNS server: give one like 1.1.1.1.`);
  }
}

/** Those of the VPN only once there is one. */
async function toChecks(
  { screen, reach, env }: Context,
  given: Given,
  facts: Facts,
): Promise<Check[]> {
  const [{ toAccountChecks }, { checkDeployment }, { toVpnChecks }] = await Promise.all([
    import('../doctor/account.ts'),
    import('../doctor/deployment.ts'),
    import('../doctor/vpn.ts'),
  ]);
  const account = toAccountChecks(facts, reach);
  if (given.flag('account')) return account;
  // If that fails, the check of the deployment, which asks the same, says why.
  const stack = await screen.during('Looking for the deployment', facts.stack).catch(() => null);
  const run = (): Promise<Said> => checkDeployment(facts);
  const deployment: Check = { part: 'vpn', name: 'deployment', run };
  return [...account, deployment, ...(stack ? toVpnChecks(facts, toDial(reach.local, env)) : [])];
}

function toDial(isLocal: boolean, env: Context['env']): Dial {
  if (!isLocal) return (host, port) => ({ host, port });
  const { ports } = readLocalState(env);
  return (_, port) => ports[String(port)] ?? { host: '127.0.0.1', port: 0 };
}

function toExitCode(findings: Finding[]): number {
  if (findings.some(({ level }) => level === 'bad')) return broken;
  return findings.some(({ level }) => level === 'warning' || level === 'unknown') ? doubtful : 0;
}
