/** A played AWS with a VPN deployed on it: launch templates, a document, a zone, a configuration. */
import { addZone } from '../local/route53.ts';
import { addDocument } from '../local/ssm/documents.ts';
import { toWorld, type World, type WorldOptions } from '../local/world.ts';
import { type Config, readConfig } from '../shared/config.ts';

const zoneId = 'Z0123456789ABC';
export const name = 'vpn.example.org';

/** On-demand and usual spot price of the types in use, dollars an hour (us-east-1, 2026). */
export const types = {
  't3.nano': { onDemand: 0.0052, spot: 0.0016 },
  't3a.nano': { onDemand: 0.0047, spot: 0.002 },
};

/** The most that spot may cost, unless a test says otherwise, dollars an hour. */
const usualCap = 0.004;

/** 22 November 2026, an ordinary Sunday. */
export const start = Date.UTC(2026, 10, 22, 5);

/** As serverless.yml has it. */
export const applySecrets = {
  schemaVersion: '2.2',
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'applySecrets',
      inputs: {
        timeoutSeconds: '60',
        runCommand: ['/usr/local/lib/perennial/agent apply-secrets'],
      },
    },
  ],
};

interface StageOptions extends WorldOptions {
  cap: number;
  onDemandMax: number;
  /** Variables of the function that a story is about. */
  env: Record<string, string>;
  address: 'elastic' | 'dynamic';
}

export interface Stage {
  world: World;
  config: Config;
  env: Record<string, string>;
}

export function setStage({
  cap = usualCap,
  onDemandMax,
  env: differs = {},
  address = 'dynamic',
  ...options
}: Partial<StageOptions> = {}): Stage {
  const market = { zones: ['us-east-1a', 'us-east-1b'], types };
  const world = toWorld({ seed: 1, start, market, ...options });
  addZone(world, zoneId, 'example.org');
  addDocument(world, 'Perennial-ApplySecrets-home', applySecrets);
  const template = (LaunchTemplateName: string, LaunchTemplateData: object) => {
    const input = { LaunchTemplateName, LaunchTemplateData };
    const answer = world.call('ec2', 'CreateLaunchTemplate', input);
    const { LaunchTemplate } = answer as { LaunchTemplate: { LaunchTemplateId: string } };
    return `${LaunchTemplate.LaunchTemplateId}:1`;
  };
  const spot = { MarketType: 'spot', SpotOptions: { SpotInstanceType: 'one-time' } };
  const env = {
    AWS_REGION: world.region,
    PERENNIAL_VPN: 'home',
    PERENNIAL_ZONE_ID: zoneId,
    PERENNIAL_NAME: name,
    PERENNIAL_CAP: String(cap),
    PERENNIAL_TYPES: world.market.types
      .map((type) => `${type}=${world.market.onDemand(type)}`)
      .join(','),
    PERENNIAL_ON_DEMAND_MAX: String(onDemandMax ?? toGuard(world)),
    PERENNIAL_PROTOCOLS: 'pptp,wireguard',
    PERENNIAL_ADDRESS: address,
    PERENNIAL_ROTATE_DAYS: '0',
    PERENNIAL_OLD_PASSWORD_MINUTES: '0',
    PERENNIAL_TEMPLATE_SPOT: template('perennial-home-spot', { InstanceMarketOptions: spot }),
    PERENNIAL_TEMPLATE_ON_DEMAND: template('perennial-home-on-demand', {}),
    ...differs,
  };
  return { world, config: readConfig(env), env };
}

/** Dollars a month: enough to be always on demand, so that the guard is not what a story is about. */
function toGuard({ market }: World): number {
  const dearest = Math.max(...market.types.map((type) => market.onDemand(type)));
  return Math.max(5, Math.ceil(31 * 24 * dearest));
}

/** What a person does to turn the VPN on or off. */
export function desire(world: World, value: object): void {
  world.call('ssm', 'PutParameter', {
    Name: '/perennial/home/state/desired',
    Type: 'String',
    Overwrite: true,
    Value: JSON.stringify(value),
  });
}
