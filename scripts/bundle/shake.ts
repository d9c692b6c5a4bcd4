/** Rewrites the AWS SDK's generated tables while they are bundled, so that esbuild can leave out what nothing uses. */
import { readFile } from 'node:fs/promises';
import type { Loader, Plugin } from 'esbuild';

/** The SDK is generated code: a file that does not look as expected throws, so that no build goes on without this. */
export const shakeSdk: Plugin = {
  name: 'shake-sdk',
  setup(build) {
    const rewrite = (filter: RegExp, toShakable: (source: string) => string, loader: Loader) =>
      build.onLoad({ filter }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        return { contents: toShakable(source), loader };
      });
    rewrite(/@aws-sdk\/.*\/schemas\/schemas_\d+\.js$/, toShakableSchemas, 'js');
    rewrite(/@aws-sdk\/.*\/models\/errors\.js$/, toShakableErrors, 'js');
    rewrite(/@aws-sdk\/client-[^/]+\/package\.json$/, toVersionOnly, 'json');
  },
};

/**
 * esbuild takes the key of `{[_name]: …}` for code with a side effect and keeps the table around it: 552 kB for EC2
 * (aws-sdk-js-v3#7607, esbuild#4373). All these keys are constants of the same file, so they can be written out.
 */
export function toShakableSchemas(source: string): string {
  const constants = new Map(
    [...source.matchAll(/^const (\w+) = ("[^"\\\n]*");$/gm)].map(([, name, text]) => [name, text]),
  );
  const literal = source.replace(/\[(\w+)\]:/g, (key, name: string) => {
    const text = constants.get(name);
    return text ? `${text}:` : key;
  });
  if (literal === source || /\]\s*:/.test(literal))
    throw unexpected('the keys of the schemas are not all constants');
  return withoutErrors(literal);
}

/** Registering an error keeps its class: the classes do it themselves, below, and only where they are used. */
function withoutErrors(source: string): string {
  const imports = /^import \{([\w\s,]+)\} from "\.\.\/models\/errors";\n/m;
  const registration = /^n0_registry\.registerError\((\w+)\$, \1\);\n/gm;
  const imported = source.match(imports)?.[1]?.match(/\w+/g) ?? [];
  const registered = [...source.matchAll(registration)].map(([, name = '']) => name);
  if (imported.sort().join() !== registered.sort().join())
    throw unexpected('the errors that are imported are not those that are registered');
  return source.replace(imports, '').replace(registration, '');
}

/**
 * The errors that our code names are registered, as before; every other one arrives as its service's base class,
 * with the same name and message. SSM has 140 of them, Route 53 has 71: 80 kB.
 */
export function toShakableErrors(source: string): string {
  const namespace = source.match(/shapeId = "([\w.]+)#/)?.[1];
  const names: string[] = [];
  const classes = source.replace(
    /^export class (\w+) (extends __BaseException \{\n(?: {4}.*\n)*\})$/gm,
    (_, name: string, body: string) => {
      names.push(name);
      return `export const ${name} = /* @__PURE__ */ registered(${name}$, class ${name} ${body});`;
    },
  );
  if (!namespace || !names.length || /^export (?!const)/m.test(classes))
    throw unexpected('there is more than classes of errors');
  return `import { TypeRegistry } from "@smithy/core/schema";
import { ${names.map((name) => `${name}$`).join(', ')} } from "../schemas/schemas_0";
function registered(schema, error) {
  TypeRegistry.for("${namespace}").registerError(schema, error);
  return error;
}
${classes}`;
}

/** The SDK reads nothing but its version. */
function toVersionOnly(source: string): string {
  const { version } = JSON.parse(source) as { version?: unknown };
  if (typeof version !== 'string') throw unexpected('package.json has no version');
  return JSON.stringify({ version });
}

function unexpected(what: string): Error {
  return new Error(`The AWS SDK has changed: ${what}. Look at scripts/bundle/shake.ts.`);
}
