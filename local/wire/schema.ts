/** Reads the SDK's own schemas into a few plain shapes, which the walkers of all protocols share. */
import { createRequire } from 'node:module';
import * as ec2 from '@aws-sdk/client-ec2';
import * as pricing from '@aws-sdk/client-pricing';
import * as route53 from '@aws-sdk/client-route-53';
import * as ssm from '@aws-sdk/client-ssm';
import { NormalizedSchema } from '@smithy/core/schema';
import { PutEvents$ } from './events.ts';
import { fisOperations } from './fis.ts';
import type { Service } from './messages.ts';

export type Shape = Scalar | List | KeyedMap | Structure;

export interface Scalar {
  kind: 'string' | 'number' | 'boolean' | 'timestamp' | 'blob';
}

export interface List {
  kind: 'list';
  item: Shape;
  /** The element that XML wraps each item in. */
  itemName: string;
}

interface KeyedMap {
  kind: 'map';
  value: Shape;
}

export interface Structure {
  kind: 'structure';
  name: string;
  members: readonly Member[];
}

export interface Member {
  /** As the SDK calls it. */
  name: string;
  shape: Shape;
  required: boolean;
  /** As EC2's query protocol calls it. */
  queryName: string;
  xmlName: string;
  place: Place;
}

/** Where HTTP carries a member. */
type Place =
  | { kind: 'body' | 'label' }
  | { kind: 'query'; key: string }
  | { kind: 'header'; key: string };

export interface Operation {
  name: string;
  input: Structure;
  output: Structure;
  /** Of REST protocols only. */
  route: { method: string; path: string; status: number } | null;
}

type Schema = Parameters<typeof NormalizedSchema.of>[0];
type OperationSchema = [9, string, string, unknown, Schema, Schema];

/** Stands for an input or output that the model leaves out. */
export const nothing: Structure = { kind: 'structure', name: 'nothing', members: [] };

/** Only people at a terminal call these: each takes a fifth of a second to load. */
const require = createRequire(import.meta.url);

const sdks: Record<Service, () => object> = {
  ec2: () => ec2,
  ssm: () => ssm,
  route53: () => route53,
  events: () => ({ PutEvents$ }),
  pricing: () => pricing,
  sts: () => require('@aws-sdk/client-sts') as object,
  iam: () => require('@aws-sdk/client-iam') as object,
  cloudformation: () => require('@aws-sdk/client-cloudformation') as object,
  servicequotas: () => require('@aws-sdk/client-service-quotas') as object,
  lambda: () => require('@aws-sdk/client-lambda') as object,
  logs: () => require('@aws-sdk/client-cloudwatch-logs') as object,
  fis: () => fisOperations,
  ecr: () => ({}),
  s3: () => ({}),
};
const models = new Map<Service, ReadonlyMap<string, Operation>>();

/** Every operation of a service, by name. */
export function operationsOf(service: Service): ReadonlyMap<string, Operation> {
  const known = models.get(service) ?? toOperations(sdks[service]());
  models.set(service, known);
  return known;
}

function toOperations(sdk: object): ReadonlyMap<string, Operation> {
  const schemas = Object.values(sdk).filter(isOperation);
  return new Map(schemas.map((schema) => [schema[2], toOperation(schema)]));
}

function isOperation(value: unknown): value is OperationSchema {
  return Array.isArray(value) && value[0] === 9;
}

function toOperation([, , name, traits, input, output]: OperationSchema): Operation {
  const http = (traits as { http?: [string, string, number] }).http;
  return {
    name,
    // Read when first used: EC2 alone has 823 operations with 2,580 structures.
    get input() {
      return toStructure(input);
    },
    get output() {
      return toStructure(output);
    },
    route: http ? { method: http[0], path: http[1], status: http[2] } : null,
  };
}

function toStructure(ref: Schema): Structure {
  const schema = NormalizedSchema.of(ref);
  if (schema.isUnitSchema()) return nothing;
  const shape = toShape(schema);
  if (shape.kind !== 'structure') throw new Error(`${schema.getName()} is no structure`);
  return shape;
}

const structures = new WeakMap<object, Structure>();

/** Throws at what no protocol here can carry, so that a new SDK's news are noticed (a test walks every shape). */
function toShape(schema: NormalizedSchema): Shape {
  if (schema.isStructSchema()) return toKnownStructure(schema);
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return { kind: 'list', item: toShape(item), itemName: textOf(item, 'xmlName') ?? 'member' };
  }
  if (schema.isMapSchema()) return { kind: 'map', value: toShape(schema.getValueSchema()) };
  if (schema.isStringSchema()) return { kind: 'string' };
  if (schema.isNumericSchema()) return { kind: 'number' };
  if (schema.isBooleanSchema()) return { kind: 'boolean' };
  // 4 is a timestamp in its protocol's usual format; no model here asks for another.
  if (schema.getSchema() === 4) return { kind: 'timestamp' };
  if (schema.isBlobSchema() && !schema.isStreaming()) return { kind: 'blob' };
  throw new Error(`The wire knows no shape like ${schema.getName(true)}`);
}

/** One object for each structure, its members read late: some structures contain themselves. */
function toKnownStructure(schema: NormalizedSchema): Structure {
  const source = schema.getSchema() as unknown as [unknown, unknown, string];
  const known = structures.get(source);
  if (known) return known;
  let members: Member[] | undefined;
  const structure: Structure = {
    kind: 'structure',
    name: source[2],
    get members() {
      members ??= toMembers(schema);
      return members;
    },
  };
  structures.set(source, structure);
  return structure;
}

function toMembers(schema: NormalizedSchema): Member[] {
  // The SDK puts the required members first and says how many they are.
  const requiredCount = Number((schema.getSchema() as unknown[])[6] ?? 0);
  return [...schema.structIterator()].map(([name, member], index) => {
    const xmlName = textOf(member, 'xmlName') ?? name;
    return {
      name,
      shape: toShape(member),
      required: index < requiredCount,
      queryName: textOf(member, 'ec2QueryName') ?? capitalized(xmlName),
      xmlName,
      place: toPlace(member),
    };
  });
}

function toPlace(member: NormalizedSchema): Place {
  const query = textOf(member, 'httpQuery');
  if (query) return { kind: 'query', key: query };
  const header = textOf(member, 'httpHeader');
  if (header) return { kind: 'header', key: header.toLowerCase() };
  return { kind: member.getMergedTraits().httpLabel ? 'label' : 'body' };
}

function textOf(
  schema: NormalizedSchema,
  trait: 'xmlName' | 'ec2QueryName' | 'httpQuery' | 'httpHeader',
): string | undefined {
  const traits: Record<string, unknown> = { ...schema.getMergedTraits() };
  return traits[trait] as string | undefined;
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
