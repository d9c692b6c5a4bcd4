/** Fault Injection Service's few calls that a drill makes: JSON over HTTP, signed by the SDK's own signer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { allPages, must } from '../../../shared/adapters/answers.ts';
import type { Options } from '../aws.ts';

/** Each rejects with an error whose name is AWS's code. Times are epoch seconds, as AWS has them. */
export interface Fis {
  /** Rejects if the region has no such action, or the person may not look. */
  findAction: (id: string) => Promise<void>;
  /** Answers its id. The same token makes the same template once. */
  createTemplate: (token: string, template: Template) => Promise<string>;
  listTemplates: () => Promise<{ id: string; tags: Record<string, string> }[]>;
  deleteTemplate: (id: string) => Promise<void>;
  start: (token: string, templateId: string, tags: Record<string, string>) => Promise<Experiment>;
  read: (id: string) => Promise<Experiment>;
  stop: (id: string) => Promise<void>;
}

export interface Template {
  description: string;
  roleArn: string;
  stopConditions: { source: 'none' }[];
  targets: Record<string, { resourceType: string; resourceArns: string[]; selectionMode: 'ALL' }>;
  actions: Record<
    string,
    { actionId: string; parameters: Record<string, string>; targets: Record<string, string> }
  >;
  tags: Record<string, string>;
}

export interface Experiment {
  id: string;
  state: {
    status: 'pending' | 'initiating' | 'running' | 'completed' | 'stopping' | 'stopped' | 'failed';
    reason?: string;
    error?: { code?: string };
  };
  actions?: Record<string, { startTime?: number }>;
}

type Summary = { id?: string; tags?: Record<string, string> };
type Listed = { experimentTemplates?: Summary[]; nextToken?: string };

const timeoutMs = 8_000;
const pauseMs = 1_000;

export function toFis(options: Options): Fis {
  const ask = toAsk(options);
  const experiment = async (asked: Promise<object>) =>
    must(((await asked) as { experiment?: Experiment }).experiment, 'experiment');
  const at = (kind: string, id: string) => `/${kind}/${encodeURIComponent(id)}`;
  return {
    async findAction(id) {
      await ask('GET', at('actions', id));
    },
    async createTemplate(clientToken, template) {
      const answer = await ask('POST', '/experimentTemplates', { clientToken, ...template });
      const { experimentTemplate } = answer as { experimentTemplate?: Summary };
      return must(experimentTemplate?.id, 'id');
    },
    listTemplates: () =>
      allPages(async (nextToken) => {
        const query: Record<string, string> = nextToken ? { nextToken } : {};
        const page = (await ask('GET', '/experimentTemplates', undefined, query)) as Listed;
        const items = (page.experimentTemplates ?? []).map(({ id, tags = {} }) => ({
          id: must(id, 'id'),
          tags,
        }));
        return { items, next: page.nextToken };
      }),
    async deleteTemplate(id) {
      await ask('DELETE', at('experimentTemplates', id));
    },
    start: (clientToken, experimentTemplateId, tags) =>
      experiment(ask('POST', '/experiments', { clientToken, experimentTemplateId, tags })),
    read: (id) => experiment(ask('GET', at('experiments', id))),
    async stop(id) {
      await ask('DELETE', at('experiments', id));
    },
  };
}

type Ask = (
  method: string,
  path: string,
  body?: object,
  query?: Record<string, string>,
) => Promise<object>;

function toAsk({ region, credentials, endpoint, maxAttempts }: Options): Ask {
  const signer = new SignatureV4({ service: 'fis', region, credentials, sha256: Sha256 });
  const base = new URL(endpoint ?? `https://fis.${region}.amazonaws.com`);
  return async (method, path, content, query = {}) => {
    const body = content && JSON.stringify(content);
    for (let attempt = 1; ; attempt++) {
      const { headers } = await signer.sign({
        method,
        protocol: base.protocol,
        hostname: base.hostname,
        path,
        query,
        headers: { host: base.host, 'content-type': 'application/json' },
        body,
      });
      const url = new URL(`${path}${toSearch(query)}`, base);
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(url, { method, headers, signal, ...(body && { body }) });
      const text = await response.text();
      if (response.ok) return JSON.parse(text) as object;
      // Too often, or a moment's trouble of AWS's.
      if (attempt >= maxAttempts || (response.status !== 429 && response.status < 500))
        throw toError(response, text);
      await sleep(pauseMs);
    }
  };
}

/** A space as %20, as it is signed. */
function toSearch(query: Record<string, string>): string {
  const pairs = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return pairs.length ? `?${pairs.join('&')}` : '';
}

/** The code stands before a colon, behind which AWS's old services have an address. */
function toError({ headers, status }: Response, text: string): Error {
  const [code = ''] = (headers.get('x-amzn-errortype') ?? '').split(':');
  const error = new Error(toMessage(text) ?? `Fault Injection Service answered ${status}.`);
  error.name = code || `Http${status}`;
  return error;
}

function toMessage(text: string): string | undefined {
  try {
    const { message, Message } = JSON.parse(text) as { message?: string; Message?: string };
    return message ?? Message;
  } catch {
    return undefined;
  }
}
