/** Asks a door by hand, as no SDK would. */
import { request } from 'node:http';
import type { Door } from '../../local/door.ts';

export interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

export function ask(
  { url }: Door,
  path: string,
  { method = 'POST', headers = {}, body = '' as string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { method, headers }, async (response) => {
      const chunks = await response.toArray();
      const { statusCode: status, headers } = response;
      resolve({ status, headers, body: Buffer.concat(chunks).toString() });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** The headers that name the service; nobody looks at the signature itself. */
export function signed(service: string, more: Record<string, string> = {}): Record<string, string> {
  const scope = `AKIDEXAMPLE/20261122/us-east-1/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`;
  return { authorization, ...more };
}
