/** The JSON documents of bakes in Parameter Store. One that somebody has spoilt is none. */
import * as v from 'valibot';
import { time, toValue } from '../documents/json.ts';
import type { BakeEntry, Ending, Run, Word } from './model.ts';

const text = v.pipe(v.string(), v.maxLength(500));
const runId = v.pipe(v.string(), v.regex(/^\d{8}t\d{6}z$/));

const run = v.object({
  id: runId,
  startedAt: time,
  stockImageId: v.pipe(v.string(), v.regex(/^ami-[0-9a-f]{8,17}$/)),
  sum: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

const ending = v.object({
  runId,
  outcome: v.picklist(['promoted', 'failed', 'cancelled']),
  why: v.string(),
  at: time,
});

const entries = v.array(v.object({ at: time, why: v.string() }));
const word = v.object({ good: v.boolean(), sentence: text });

function read<T>(schema: v.GenericSchema<unknown, T>, json: string | undefined): T | null {
  const parsed = v.safeParse(schema, toValue(json ?? ''));
  return parsed.success ? parsed.output : null;
}

export const readRun = (json: string | undefined): Run | null => read(run, json);
export const readEnding = (json: string | undefined): Ending | null => read(ending, json);
export const readEntries = (json: string | undefined): BakeEntry[] => read(entries, json) ?? [];

/** What makes no sense is not good. */
export function readWord(machineId: string, json: string): Word {
  const found = read(word, json) ?? { good: false, sentence: 'what it says makes no sense' };
  return { machineId, ...found };
}

const timeKeys = new Set(['at', 'startedAt']);

export function write(value: Run | Ending | BakeEntry[]): string {
  return JSON.stringify(value, (key, field: unknown) =>
    timeKeys.has(key) ? new Date(Number(field)).toISOString() : field,
  );
}
