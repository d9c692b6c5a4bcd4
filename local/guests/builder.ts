/** A machine that is to become an image: it fetches the folder `image/` as it was packed, says how it went, and stops. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type InstanceRecord, stop, toState } from '../ec2/instances.ts';
import { AwsFault } from '../fault.ts';
import { callAsServer } from '../iam/roles.ts';
import type { World } from '../world.ts';

/** How a bake goes: well, badly, without an end, or so badly that it can't say so. */
export type BakeFate = 'good' | 'fails' | 'hangs' | 'mute';

const settingsSchema = v.object({ sum: v.string(), parts: v.string(), words: v.string() });

export function isBuilder({ tags }: InstanceRecord): boolean {
  return tags.get('perennial:part') === 'builder';
}

export function runBuilder(world: World, record: InstanceRecord, fate: BakeFate): void {
  if (fate === 'hangs') return;
  world.timers.after(world.times.bakeMs(), () => {
    if (toState(record) !== 'running') return;
    if (fate !== 'mute') trySaying(world, record, fate);
    stop(world, record);
  });
}

/** What it is not let do or can't find, it can't say either. */
function trySaying(world: World, record: InstanceRecord, fate: BakeFate): void {
  const call = (operation: string, input: object) =>
    callAsServer(world, record, 'ssm', operation, input);
  try {
    const { sum, parts, words } = readSettings(record);
    const isWhole = sum === createHash('sha256').update(fetchParts(call, parts)).digest('hex');
    const good = isWhole && fate === 'good';
    const sentence = isWhole ? `The test ${good ? 'passes' : 'fails'}` : 'The parts are of another';
    const Name = `${words}/${record.id}`;
    const Value = JSON.stringify({ good, sentence });
    call('PutParameter', { Name, Type: 'String', Value, Overwrite: true });
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
  }
}

function readSettings({ userData }: InstanceRecord): v.InferOutput<typeof settingsSchema> {
  const [, json = ''] = /SETTINGS = json\.loads\(r'''(.*?)'''\)/.exec(userData) ?? [];
  return v.parse(settingsSchema, JSON.parse(json));
}

function fetchParts(call: (operation: string, input: object) => object, Path: string): Buffer {
  const values: [name: string, value: string][] = [];
  let NextToken: string | undefined;
  do {
    const page = call('GetParametersByPath', { Path, NextToken, MaxResults: 10 }) as {
      Parameters: { Name: string; Value: string }[];
      NextToken?: string;
    };
    values.push(...page.Parameters.map(({ Name, Value }): [string, string] => [Name, Value]));
    NextToken = page.NextToken;
  } while (NextToken);
  const text = values.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  return Buffer.from(text.join(''), 'base64');
}
