/** The played AWS asks the roles: what is taken out of the template's policies is missed by whoever needs it. */
import { describe, expect, test } from 'vitest';
import type { Template } from '../local/intrinsics.ts';
import { must } from '../shared/adapters/answers.ts';
import { callAsBake, callAsBuilder } from './bake/role-calls.ts';
import { packageTemplate } from './compiled-template.ts';
import { callAsApi, callAsProfile } from './http/role-calls.ts';
import { callAsLoop, callAsServer, callAsTelling, type Deployed, deployed } from './role-calls.ts';

interface Statement {
  Sid: string;
  Action: unknown;
  Resource: unknown;
}

interface Removal {
  /** `Sid`, `Sid.Action.0`, … */
  what: string;
  template: Template;
}

const template = await packageTemplate();

/** Whose removal nobody here can notice: who would miss it is not played. That they stand, test/roles.test.ts sees. */
const unplayed: Record<string, string> = {
  Log: 'Lambda writes the log, and CloudWatch is not played',
  SaveWhatFailed: 'Lambda sends what failed to the queue, and SQS is not played',
  TalkToSystemsManager: "the SSM agent's own channels are not played",
  SayThatTheAgentIsThere: 'how the SSM agent registers is not played',
  'ReadState.Resource.1': 'AWS asks for the path alone, and that gives all below it',
};

const roles: [string, (stage: Deployed) => Promise<void>][] = [
  ['ReconcileRole', callAsLoop],
  ['ServerRole', callAsServer],
  ['TellRole', callAsTelling],
  ['ApiRole', callAsApi],
  ['ProfileRole', callAsProfile],
  ['BakeRole', callAsBake],
  ['BuilderRole', callAsBuilder],
];

describe.each(roles)('%s', (logicalId, makeCalls) => {
  test.each(removalsOf(logicalId))('without $what', async ({ what, template: rest }) => {
    const stage = deployed(rest);
    await makeCalls(stage);
    const isPlayed = !Object.keys(unplayed).some((one) => `${what}.`.startsWith(`${one}.`));
    expect(stage.denied.length > 0).toBe(isPlayed);
  });
});

/** Each statement, and of each statement every action and every resource that does not stand there alone. */
function removalsOf(logicalId: string): Removal[] {
  const without = (what: string, remove: (statements: Statement[]) => void): Removal => {
    const changed = structuredClone(template);
    remove(toStatements(changed, logicalId));
    return { what, template: changed };
  };
  return toStatements(template, logicalId).flatMap((statement, index) => [
    without(statement.Sid, (statements) => statements.splice(index, 1)),
    ...(['Action', 'Resource'] as const).flatMap((key) =>
      toMany(statement[key]).map((_, place) =>
        without(`${statement.Sid}.${key}.${place}`, (statements) => {
          toMany(statements[index]?.[key]).splice(place, 1);
        }),
      ),
    ),
  ]);
}

function toMany(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function toStatements({ Resources }: Template, logicalId: string): Statement[] {
  const properties = must(Resources[logicalId]?.Properties, logicalId);
  const { Policies } = properties as {
    Policies: [{ PolicyDocument: { Statement: Statement[] } }];
  };
  return Policies[0].PolicyDocument.Statement;
}
