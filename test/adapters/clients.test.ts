/** The clients' credentials come from the function's environment, anew for each request, and are never guessed. */
import { ListHostedZonesCommand } from '@aws-sdk/client-route-53';
import { HttpResponse } from '@smithy/core/transport';
import { afterEach, expect, test, vi } from 'vitest';
import { toClients } from '../../shared/adapters/clients.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const endpoints = { ec2: undefined, ssm: undefined, route53: undefined };

/** Asks for anything, and answers what the request's headers were. */
async function headersOfOneRequest(): Promise<Record<string, string>> {
  let seen: Record<string, string> = {};
  const requestHandler = {
    handle: async ({ headers }: { headers: Record<string, string> }) => {
      seen = headers;
      const body = Buffer.from('<ListHostedZonesResponse/>');
      return { response: new HttpResponse({ statusCode: 200, headers: {}, body }) };
    },
  };
  const { route53 } = toClients({ region: 'us-east-1', endpoints }, { requestHandler });
  await route53.send(new ListHostedZonesCommand({}));
  return seen;
}

test("a request is signed with the role's credentials", async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'ASIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'session');
  const headers = await headersOfOneRequest();
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE\/\d{8}\/us-east-1\/route53\//,
  );
  expect(headers['x-amz-security-token']).toBe('session');
  expect(JSON.stringify(headers)).not.toContain('secret');
});

test('without a session there is no session in the request', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', undefined);
  expect(await headersOfOneRequest()).not.toHaveProperty('x-amz-security-token');
});

test('without credentials it says which are missing', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  await expect(headersOfOneRequest()).rejects.toThrow(
    'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are missing',
  );
});
