/** Finds the operation of a REST service that a method and a path stand for. */
import type { Service } from './messages.ts';
import { type Operation, operationsOf } from './schema.ts';

/** The parts of a path that are values, by member. */
export type Labels = ReadonlyMap<string, string>;

interface Pattern {
  operation: Operation;
  method: string;
  /** The labels among them are in braces. */
  segments: string[];
}

const known = new Map<Service, Pattern[]>();

function patternsOf(service: Service): Pattern[] {
  const patterns =
    known.get(service) ??
    [...operationsOf(service).values()].flatMap((operation) =>
      operation.route
        ? [{ operation, method: operation.route.method, segments: split(operation.route.path) }]
        : [],
    );
  known.set(service, patterns);
  return patterns;
}

/** Paths may end in a slash: botocore's do, the JavaScript SDK's don't. */
export function findRoute(
  service: Service,
  method: string,
  path: string,
): { operation: Operation; labels: Labels } | null {
  const segments = split(path).map(toPlain);
  // `trafficpolicyinstances/hostedzone` before `trafficpolicyinstances/{Id}`: fewest labels first.
  const [best] = patternsOf(service)
    .filter((pattern) => pattern.method === method && fits(pattern.segments, segments))
    .sort((a, b) => countLabels(a) - countLabels(b));
  return best ? { operation: best.operation, labels: toLabels(best.segments, segments) } : null;
}

function split(path: string): string[] {
  return path.replace(/^\//, '').replace(/\/$/, '').split('/');
}

/** Null for a broken percent sign, which fits no pattern. */
function toPlain(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

function fits(pattern: string[], segments: (string | null)[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => (isLabel(part) ? segments[index] : segments[index] === part))
  );
}

function countLabels({ segments }: Pattern): number {
  return segments.filter(isLabel).length;
}

function toLabels(pattern: string[], segments: (string | null)[]): Labels {
  const pairs = pattern.flatMap((part, index): [string, string][] =>
    isLabel(part) ? [[part.slice(1, -1), segments[index] ?? '']] : [],
  );
  return new Map(pairs);
}

function isLabel(part: string): boolean {
  return part.startsWith('{');
}
