/** Reads the HTTP APIs of a compiled template: which route goes to which function, and how often. */
import type { LambdaFunction } from '../template.ts';

export interface HttpApi {
  logicalId: string;
  /** What API Gateway would make up. */
  id: string;
  routes: HttpRoute[];
  stageVariables: Record<string, string>;
}

/** `key` is like `GET /users/{user}`, `ANY /{proxy+}` or `$default`. */
export interface HttpRoute {
  key: string;
  /** The function's logical id. */
  functionId: string;
  timeoutMs: number;
  throttle: Throttle | null;
}

/** A bucket of `burst` requests that fills again by `rate` a second. */
interface Throttle {
  rate: number;
  burst: number;
}

type Properties = Record<string, unknown>;

interface Found {
  logicalId: string;
  name: string;
  properties: Properties;
}

type Find = <T>(type: string, to: (found: Found) => T) => T[];

/** API Gateway's own limit. */
const timeoutMaxMs = 30_000;

/** Throws an Error for what is not played here, so that nobody relies on it. */
export function readHttpApis(find: Find, functions: LambdaFunction[]): HttpApi[] {
  const integrations = find('AWS::ApiGatewayV2::Integration', (found) => found);
  const stages = find('AWS::ApiGatewayV2::Stage', ({ properties }) => toStage(properties));
  const routes = find('AWS::ApiGatewayV2::Route', ({ properties }) => {
    const target = String(properties.Target).replace(/^integrations\//, '');
    const integration = integrations.find(({ name }) => name === target);
    if (!integration) throw new Error(`there is no ${String(properties.Target)}`);
    const { AuthorizationType = 'NONE', RouteKey, ApiId } = properties;
    if (AuthorizationType !== 'NONE') throw new Error('an authorizer is not known here');
    const key = String(RouteKey);
    return { apiId: String(ApiId), key, ...toIntegration(integration.properties, functions) };
  });
  return find('AWS::ApiGatewayV2::Api', ({ logicalId, name: id, properties }) => {
    const { ProtocolType, CorsConfiguration } = properties;
    if (ProtocolType !== 'HTTP' || CorsConfiguration)
      throw new Error('only HTTP APIs without CORS are known here');
    const stage = stages.find(({ apiId }) => apiId === id);
    if (!stage) throw new Error('it has no stage $default');
    const own = routes.filter(({ apiId }) => apiId === id);
    return {
      logicalId,
      id,
      routes: own.map(({ key, functionId, timeoutMs }) => {
        const throttle = stage.throttleOf(key);
        return { key, functionId, timeoutMs, throttle };
      }),
      stageVariables: stage.variables,
    };
  });
}

function toIntegration(properties: Properties, functions: LambdaFunction[]) {
  const { IntegrationType, PayloadFormatVersion, IntegrationUri, TimeoutInMillis } = properties;
  if (IntegrationType !== 'AWS_PROXY' || PayloadFormatVersion !== '2.0')
    throw new Error('only functions with payload 2.0 are known here');
  const target = functions.find(({ arn }) => arn === IntegrationUri);
  if (!target) throw new Error(`there is no function ${String(IntegrationUri)}`);
  return { functionId: target.logicalId, timeoutMs: Number(TimeoutInMillis ?? timeoutMaxMs) };
}

function toStage({ ApiId, StageName, StageVariables, ...settings }: Properties) {
  if (StageName !== '$default') throw new Error('only the stage $default is known here');
  const ofRoutes = (settings.RouteSettings ?? {}) as Record<string, Properties>;
  return {
    apiId: String(ApiId),
    variables: (StageVariables ?? {}) as Record<string, string>,
    throttleOf: (key: string) =>
      toThrottle(ofRoutes[key]) ?? toThrottle(settings.DefaultRouteSettings as Properties),
  };
}

function toThrottle(settings: Properties | undefined): Throttle | null {
  const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = settings ?? {};
  return rate === undefined || burst === undefined
    ? null
    : { rate: Number(rate), burst: Number(burst) };
}
