/** SSM documents: what a command may run on a server. */
import type { CreateDocumentCommandInput } from '@aws-sdk/client-ssm';
import * as v from 'valibot';
import { AwsFault } from '../fault.ts';
import type { World } from '../world.ts';

/** The part of a command document that is played: scripts with a time of their own. */
export interface DocumentRecord {
  name: string;
  /** The names that its sender may give values for. */
  parameters: string[];
  /** The lines of all its steps, and how long they may take. */
  script: string[];
  timeoutSeconds: number;
  plugin: string;
}

/** Systems Manager's own, for a step that names none. */
const timeoutSecondsUsual = 3_600;

const content = v.object({
  schemaVersion: v.literal('2.2'),
  parameters: v.optional(v.record(v.string(), v.unknown()), {}),
  mainSteps: v.tuple([
    v.object({
      action: v.literal('aws:runShellScript'),
      name: v.string(),
      inputs: v.object({
        timeoutSeconds: v.optional(v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))),
        runCommand: v.array(v.string()),
      }),
    }),
  ]),
});

export function createDocument(
  world: World,
  { Name: name = '', Content, DocumentType = 'Command' }: CreateDocumentCommandInput,
) {
  if (world.documents.has(name))
    throw new AwsFault('DocumentAlreadyExists', 'The specified document already exists.');
  if (DocumentType !== 'Command')
    throw new AwsFault('InvalidDocumentContent', 'Only command documents are played here.');
  addDocument(world, name, toValue(Content));
  return {
    DocumentDescription: {
      Name: name,
      Status: 'Active',
      DocumentType,
      DocumentVersion: '1',
      CreatedDate: new Date(world.timers.now),
    },
  };
}

/** Throws an AwsFault if the content is not what is played here: one step that runs a script. */
export function addDocument({ documents }: World, name: string, value: unknown): void {
  const parsed = v.safeParse(content, value);
  if (!parsed.success)
    throw new AwsFault(
      'InvalidDocumentContent',
      `The content of ${name} is not played here: ${v.summarize(parsed.issues)}`,
    );
  const { parameters, mainSteps } = parsed.output;
  const [{ action, inputs }] = mainSteps;
  documents.set(name, {
    name,
    parameters: Object.keys(parameters),
    script: inputs.runCommand,
    timeoutSeconds: inputs.timeoutSeconds ?? timeoutSecondsUsual,
    plugin: action,
  });
}

export function findDocument({ documents }: World, name: string): DocumentRecord {
  const document = documents.get(name);
  if (document) return document;
  throw new AwsFault('InvalidDocument', `Document with name ${name} does not exist.`);
}

function toValue(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    throw new AwsFault('InvalidDocumentContent', 'JSON not well-formed.');
  }
}
