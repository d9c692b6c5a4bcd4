/** A machine that is to become an image: it fetches the folder `image/` as it was packed, says how it went, and stops. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { toValue } from '../../shared/documents/json.ts';
import { type InstanceRecord, stop, toState } from '../ec2/instances.ts';
import { AwsFault } from '../fault.ts';
import { callAsServer } from '../iam/roles.ts';
import type { World } from '../world.ts';

/** How a bake goes: well, badly, without an end, or so badly that it can't say so. */
export type BakeFate = 'good' | 'fails' | 'hangs' | 'mute';

const settingsSchema = v.object({ sum: v.string(), parts: v.string(), words: v.string() });
type Settings = v.InferOutput<typeof settingsSchema>;

export function isBuilder({ tags }: InstanceRecord): boolean {
  return tags.get('perennial:part') === 'builder';
}

export function runBuilder(world: World, record: InstanceRecord, fate: BakeFate): void {
  const settings = readSettings(record);
  // What else somebody has it run comes to no end that is known here.
  if (!settings || fate === 'hangs') return;
  world.timers.after(world.times.bakeMs(), () => {
    if (toState(record) !== 'running') return;
    if (fate !== 'mute') trySaying(world, record, settings, fate);
    stop(world, record);
  });
}

/** What it is not let do or can't find, it can't say either. */
function trySaying(
  world: World,
  record: InstanceRecord,
  { sum, parts, words }: Settings,
  fate: BakeFate,
): void {
  const call = (operation: string, input: object) =>
    callAsServer(world, record, 'ssm', operation, input);
  try {
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

function readSettings({ userData }: InstanceRecord): Settings | null {
  const [, json = ''] = /SETTINGS = json\.loads\(r'''(.*?)'''\)/.exec(userData) ?? [];
  const parsed = v.safeParse(settingsSchema, toValue(json));
  return parsed.success ? parsed.output : null;
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
