/** Makes the SDK's clients, every option given, so that none of them searches files for its defaults. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Config } from '../config.ts';

/** One client per service. The launch has no SDK retry: a repeat with other parameters is the planner's. */
export interface Clients {
  ec2: Pick<EC2Client, 'send'>;
  ec2Once: Pick<EC2Client, 'send'>;
  ssm: Pick<SSMClient, 'send'>;
  route53: Pick<Route53Client, 'send'>;
}

/** A call that hangs must end well before the function's own time is up. */
const requestTimeoutMs = 8_000;
const connectionTimeoutMs = 2_000;
const attemptsMax = 3;

type Endpoint = string | undefined;

/** `overrides` serves tests: a request handler in process, other credentials, a clock for retries. */
export function toClients(
  { region, endpoints }: Pick<Config, 'region' | 'endpoints'>,
  overrides: object = {},
): Clients {
  const ec2 = toOptions(region, endpoints.ec2, overrides);
  return {
    ec2: new EC2Client(ec2),
    ec2Once: new EC2Client({ ...ec2, maxAttempts: 1 }),
    ...toDnsClients({ region, endpoints }, overrides),
  };
}

/** For a function that has nothing to do with servers: a client that is not made is not in its bundle. */
export function toDnsClients(
  { region, endpoints }: { region: string; endpoints: Record<'ssm' | 'route53', Endpoint> },
  overrides: object = {},
): Pick<Clients, 'ssm' | 'route53'> {
  return {
    ssm: new SSMClient(toOptions(region, endpoints.ssm, overrides)),
    route53: new Route53Client(toOptions(region, endpoints.route53, overrides)),
  };
}

/** For baking, which has nothing to do with names. Repeating a launch is harmless here: it is the same one. */
export function toBakeClients(
  { region, endpoints }: { region: string; endpoints: Record<'ec2' | 'ssm', Endpoint> },
  overrides: object = {},
): Pick<Clients, 'ec2' | 'ssm'> {
  return {
    ec2: new EC2Client(toOptions(region, endpoints.ec2, overrides)),
    ssm: new SSMClient(toOptions(region, endpoints.ssm, overrides)),
  };
}

/** For a function that needs no more: a client that is not made is not in its bundle. */
export function toStoreClient(region: string, endpoint: Endpoint): Pick<Clients, 'ssm'> {
  return { ssm: new SSMClient(toOptions(region, endpoint, {})) };
}

function toOptions(region: string, endpoint: Endpoint, overrides: object) {
  return {
    region,
    credentials: async () => toCredentials(process.env),
    maxAttempts: attemptsMax,
    retryMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    defaultsMode: 'standard' as const,
    userAgentAppId: 'perennial',
    authSchemePreference: [],
    disableClockSkewCorrection: false,
    ignoreConfiguredEndpointUrls: true,
    requestHandler: { requestTimeout: requestTimeoutMs, connectionTimeout: connectionTimeoutMs },
    ...overrides,
    ...(endpoint && { endpoint }),
  };
}

/** Lambda hands a function its role's credentials in these variables. */
function toCredentials(env: Record<string, string | undefined>) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are missing');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
}
