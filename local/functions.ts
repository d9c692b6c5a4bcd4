/** Runs the functions of a template: every event goes to the bus, and from there to those whose rules match it. */
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { startBus } from './events/bus.ts';
import { toCredentials } from './iam/session.ts';
import { type FailureRecord, toAsync } from './lambda/async.ts';
import { type Invocation, startFunction } from './lambda/runtime.ts';
import type { LambdaFunction, Stack } from './template.ts';
import type { World } from './world.ts';

export interface Functions {
  /** Calls one by its logical id and waits for its answer. */
  invoke: (functionId: string, event: unknown) => Promise<Invocation>;
  stop: () => Promise<void>;
}

interface FunctionsOptions {
  stack: Stack;
  world: World;
  clock: Clock;
  account: string;
  /** Where the functions find AWS, and where people find the functions. */
  endpointUrl: string;
  apiUrl: string;
  packageDir: string;
  onLog: (line: string) => void;
  onFailed: (record: FailureRecord) => void;
}

export function runFunctions(options: FunctionsOptions): Functions {
  const { stack, world, clock, account, endpointUrl, apiUrl, packageDir, onLog, onFailed } =
    options;
  const { timers, region, onEvent } = world;
  const now = () => timers.now;
  const schedule = timers.at;
  const functions = stack.functions.map((target) => {
    const { invoke, stop } = startFunction({
      ...target,
      environment: toLocal(target.environment, apiUrl),
      zipPath: join(packageDir, target.zip),
      region,
      credentials: toFunctionCredentials(stack, target),
      endpointUrl,
      clock,
      onLog,
    });
    // What AWS does meanwhile goes on, but no faster than the function works.
    const work: typeof invoke = (...asked) => clock.during(() => invoke(...asked));
    const send = toAsync({ target, invoke: work, now, schedule, onFailed });
    return { target, invoke, send, stop };
  });
  const find = (functionId: string | null) =>
    functions.find(({ target }) => target.logicalId === functionId);
  const bus = startBus({
    rules: stack.rules,
    account,
    region,
    now,
    schedule,
    send(functionId, event) {
      find(functionId)
        ?.send(event)
        .catch((error: unknown) => onLog(`local: ${String(error)}`));
    },
  });
  onEvent(bus.put);
  return {
    invoke(functionId, event) {
      const found = find(functionId);
      if (!found) throw new Error(`There is no function ${functionId}`);
      return found.invoke(event);
    },
    async stop() {
      bus.stop();
      await Promise.all(functions.map(({ stop }) => stop()));
    },
  };
}

/** Of the role's session that the function's calls belong to: Lambda names it after the function. */
export function toFunctionCredentials({ roles }: Stack, { name, roleArn }: LambdaFunction) {
  const role = roles.find(({ arn }) => arn === roleArn);
  if (!role) throw new Error(`The package has no role for the function ${name}`);
  return toCredentials({ roleName: role.name, name });
}

/** What a function is told of the API's address at AWS is true of the one here. */
function toLocal(environment: LambdaFunction['environment'], apiUrl: string) {
  const isOurs = /^https:\/\/[\w-]+\.execute-api\.[\w.-]+/;
  return Object.fromEntries(
    Object.entries(environment).map(([key, value]) => [key, value.replace(isOurs, apiUrl)]),
  );
}
