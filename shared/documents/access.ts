/** The JSON documents that the API keeps for itself: spoilt ones are as good as none. */
import * as v from 'valibot';
import type { DoneRequest, TokenHash } from '../api-ports.ts';
import type { Attempts } from '../core/attempts.ts';
import { time } from './json.ts';

const secret = v.pipe(v.string(), v.minLength(20), v.maxLength(100));
const token = v.object({ salt: secret, hash: secret });
const tally = v.object({ count: v.number(), at: time, until: time });
const attempts = v.object({ since: time, all: tally, sources: v.record(v.string(), tally) });
const request = v.object({ at: time, asked: v.string(), done: v.boolean() });

const nothingDone: DoneRequest = { at: 0, asked: '', done: false };

export function readToken(json: string | undefined): TokenHash | null {
  return read(token, json);
}

export function readAttempts(json: string | undefined): Attempts | null {
  return read(attempts, json);
}

export function readRequest(json: string | undefined): DoneRequest {
  return read(request, json) ?? nothingDone;
}

export function writeAccess(value: Attempts | DoneRequest): string {
  return JSON.stringify(value, toIso);
}

const timeKeys = new Set(['at', 'since', 'until']);

function toIso(key: string, field: unknown): unknown {
  return timeKeys.has(key) && typeof field === 'number' ? new Date(field).toISOString() : field;
}

function read<S extends v.GenericSchema>(schema: S, json = ''): v.InferOutput<S> | null {
  try {
    const parsed = v.safeParse(schema, JSON.parse(json));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
