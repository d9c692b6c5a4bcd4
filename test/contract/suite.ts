/** What the loop's ports promise, whoever answers behind them: the played AWS by any door, or another one. */
import { randomUUID } from 'node:crypto';
import {
  CreateLaunchTemplateCommand,
  CreateVolumeCommand,
  RequestSpotInstancesCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import {
  CreateDocumentCommand,
  GetParameterCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import { must } from '../../shared/adapters/answers.ts';
import type { Clients } from '../../shared/adapters/clients.ts';
import { type Config, readConfig } from '../../shared/config.ts';
import { emptyMemory } from '../../shared/core/memory.ts';
import type { Ledger } from '../../shared/core/model.ts';
import { readDesired } from '../../shared/documents/desired.ts';
import type { LaunchRequest, Ports } from '../../shared/ports.ts';
import { toPorts } from '../../shared/wire.ts';
import { applySecrets } from '../stage.ts';
import { describeAddresses } from './addresses.ts';
import { describeSecrets } from './secrets.ts';

/** Somebody who plays AWS. */
export interface Bench {
  /** What people do goes through these, and the ports too, unless they are others. */
  clients: Clients;
  toPorts?: (config: Config) => Ports;
  imageId: string;
  now: () => number;
  /** Lets as much time pass as EC2's list needs to show what is. */
  settle: () => void;
  /** Raises or lowers the spot price of t3.nano in us-east-1a, dollars an hour. */
  setPrice?: (perHour: number) => void;
  takeCapacity?: () => void;
}

/** What a bench is known to do wrong: the test's sentence, and how the bench differs from AWS. */
export type KnownWrong = Record<string, string>;

/** A test by its sentence, unless the bench is known to fail it. */
export type Check = (sentence: string, run: () => Promise<void>) => void;

/** Of what is known to be wrong the test asserts just that: when it is mended, the test says so. */
export const toCheck =
  (wrong: KnownWrong): Check =>
  (sentence, run) => {
    const difference = wrong[sentence];
    if (!difference) return it(sentence, run);
    it(`${sentence} (known wrong: ${difference})`, () => expect(run()).rejects.toThrow());
  };

export function describePorts(
  who: string,
  start: () => Promise<Bench>,
  wrong: KnownWrong = {},
): void {
  const check = toCheck(wrong);

  describe(`the ports on ${who}`, () => {
    let bench: Bench;
    let config: Config;
    let ports: Ports;
    const toPortsOf = (changed: Config) =>
      bench.toPorts?.(changed) ?? toPorts(changed, bench.clients, bench.now);
    beforeEach(async () => {
      bench = await start();
      config = await deploy(bench.clients);
      ports = toPortsOf(config);
    });
    const nano = { type: 't3.nano', zone: 'us-east-1a' };
    const toRequest = (request: Partial<LaunchRequest> = {}): LaunchRequest => ({
      token: randomUUID(),
      generation: 7,
      market: 'spot',
      pool: nano,
      imageId: bench.imageId,
      maxPrice: null,
      ...request,
    });
    const launch = async (request: Partial<LaunchRequest> = {}) => {
      const answer = await ports.servers.launch(toRequest(request));
      if (answer.kind === 'refused') throw new Error(`${answer.code}: ${answer.message}`);
      return answer.server;
    };
    const put = (path: string, Value: string) => {
      const Name = `/perennial/${config.policy.vpn}/${path}`;
      return bench.clients.ssm.send(
        new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }),
      );
    };

    describe('servers', () => {
      check('are none at first', async () => {
        expect(await ports.servers.list()).toEqual([]);
      });

      check('are listed after a launch on spot, with their pool and generation', async () => {
        const { id } = await launch({ maxPrice: 0.004 });
        bench.settle();
        const [server, ...others] = await ports.servers.list();
        expect(others).toEqual([]);
        expect(server).toMatchObject({ id, market: 'spot', pool: nano, generation: 7 });
        expect(server?.state).toMatch(/^(pending|running)$/);
        expect(server?.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
        expect(Math.abs(must(server, 'server').launchedAt - bench.now())).toBeLessThan(120_000);
      });

      check('are on spot without a limit too', async () => {
        expect(await launch()).toMatchObject({ market: 'spot' });
      });

      check('are told apart from those on demand', async () => {
        const { id } = await launch({ market: 'on-demand' });
        bench.settle();
        expect(await ports.servers.list()).toMatchObject([{ id, market: 'on-demand' }]);
      });

      check("start in a zone of EC2's choice when none is asked for", async () => {
        const { pool } = await launch({ pool: { type: 't3.nano', zone: null } });
        expect(pool.zone).toMatch(/^us-east-1[a-f]$/);
      });

      check('are launched once, however often the same is asked', async () => {
        const request = toRequest();
        const [first, again] = [await launch(request), await launch(request)];
        expect(again.id).toBe(first.id);
        bench.settle();
        expect(await ports.servers.list()).toHaveLength(1);
      });

      check('are refused when a token comes back with other parameters', async () => {
        const request = toRequest();
        await launch(request);
        expect(
          await ports.servers.launch({ ...request, pool: { ...nano, zone: 'us-east-1b' } }),
        ).toMatchObject({ kind: 'refused', code: 'IdempotentParameterMismatch' });
      });

      check('are refused on spot below the price', async () => {
        bench.setPrice?.(0.0048);
        expect(await ports.servers.launch(toRequest({ maxPrice: 0.004 }))).toMatchObject({
          kind: 'refused',
          code: 'SpotMaxPriceTooLow',
        });
      });

      check('are launched on spot when the price equals the limit', async () => {
        bench.setPrice?.(0.004);
        expect(await launch({ maxPrice: 0.004 })).toMatchObject({ market: 'spot' });
      });

      check('are refused where there is no capacity', async () => {
        bench.takeCapacity?.();
        expect(await ports.servers.launch(toRequest())).toMatchObject({
          kind: 'refused',
          code: 'InsufficientInstanceCapacity',
        });
      });

      check('are refused for an image that is not there', async () => {
        const imageId = 'ami-00000000000000000';
        expect(await ports.servers.launch(toRequest({ imageId }))).toMatchObject({
          kind: 'refused',
          code: 'InvalidAMIID.NotFound',
        });
      });

      check('are refused for a launch template that is not there', async () => {
        const template = { id: 'lt-00000000000000000', version: '1' };
        const templates = { spot: template, 'on-demand': template };
        const { servers } = toPortsOf({ ...config, templates });
        expect(await servers.launch(toRequest())).toMatchObject({
          kind: 'refused',
          code: 'InvalidLaunchTemplateId.NotFound',
        });
      });

      check('that carry another tag, or none, are not ours', async () => {
        const base = { MinCount: 1, MaxCount: 1, ImageId: bench.imageId };
        const Tags = [{ Key: 'perennial:vpn', Value: 'another' }];
        const TagSpecifications = [{ ResourceType: 'instance' as const, Tags }];
        await bench.clients.ec2.send(new RunInstancesCommand({ ...base, InstanceType: 't3.nano' }));
        await bench.clients.ec2.send(
          new RunInstancesCommand({ ...base, InstanceType: 't3.nano', TagSpecifications }),
        );
        bench.settle();
        expect(await ports.servers.list()).toEqual([]);
      });

      check('end when terminated, and may be terminated twice', async () => {
        const { id } = await launch();
        await ports.servers.terminate(id);
        await ports.servers.terminate(id);
        bench.settle();
        const [server] = await ports.servers.list();
        expect(server?.state).toMatch(/^(shutting-down|terminated)$/);
        expect(server?.address).toBeNull();
      });

      check('that EC2 does not know need no terminating', async () => {
        await ports.servers.terminate('i-00000000000000000');
      });

      check('have a spot price in every zone', async () => {
        const prices = await ports.servers.prices(['t3.nano', 't3a.nano'], bench.now());
        const pools = prices.map(({ pool }) => `${pool.type} ${pool.zone}`);
        expect(new Set(pools).size).toBe(pools.length);
        for (const type of ['t3.nano', 't3a.nano'])
          for (const zone of ['us-east-1a', 'us-east-1b'])
            expect(pools).toContain(`${type} ${zone}`);
        expect(prices.every(({ perHour }) => perHour > 0)).toBe(true);
      });

      check('have the price of now, not that of before', async () => {
        bench.setPrice?.(0.0031);
        const prices = await ports.servers.prices(['t3.nano'], bench.now());
        expect(prices).toContainEqual({ pool: nano, perHour: 0.0031, peak: 0.0031 });
      });

      check('have the peak of the last hour', async () => {
        bench.setPrice?.(0.0044);
        bench.settle();
        bench.setPrice?.(0.0031);
        const prices = await ports.servers.prices(['t3.nano'], bench.now());
        expect(prices).toContainEqual({ pool: nano, perHour: 0.0031, peak: 0.0044 });
      });

      check('that have just started fail no status checks', async () => {
        const { id } = await launch();
        bench.settle();
        expect(await ports.servers.impaired([id])).toEqual([]);
      });
    });

    describe('strays', () => {
      const ours = (ResourceType: 'volume' | 'spot-instances-request', vpn: string) => [
        { ResourceType, Tags: [{ Key: 'perennial:vpn', Value: vpn }] },
      ];
      const addVolume = (vpn: string) =>
        bench.clients.ec2.send(
          new CreateVolumeCommand({
            AvailabilityZone: 'us-east-1a',
            Size: 8,
            TagSpecifications: ours('volume', vpn),
          }),
        );

      check('are disks that no server uses, and are gone when removed', async () => {
        const { VolumeId: id } = await addVolume(config.policy.vpn);
        await addVolume('another');
        const strays = await ports.strays.list();
        expect(strays).toEqual([{ kind: 'volume', id }]);
        await ports.strays.remove({ kind: 'volume', id: must(id, 'VolumeId') });
        await ports.strays.remove({ kind: 'volume', id: must(id, 'VolumeId') });
        expect(await ports.strays.list()).toEqual([]);
      });

      check('are persistent spot requests, and are none when cancelled', async () => {
        const { SpotInstanceRequests: requests } = await bench.clients.ec2.send(
          new RequestSpotInstancesCommand({
            Type: 'persistent',
            SpotPrice: '0.02',
            LaunchSpecification: { ImageId: bench.imageId, InstanceType: 't3.nano' },
            TagSpecifications: ours('spot-instances-request', config.policy.vpn),
          }),
        );
        const id = must(requests?.[0]?.SpotInstanceRequestId, 'SpotInstanceRequestId');
        expect(await ports.strays.list()).toEqual([{ kind: 'spot-request', id }]);
        await ports.strays.remove({ kind: 'spot-request', id });
        expect(await ports.strays.list()).toEqual([]);
      });
    });

    describe('the state', () => {
      check('of a new VPN is off and empty', async () => {
        expect(await ports.state.read()).toEqual({
          desired: readDesired(undefined, 0),
          reports: [],
          journal: { value: { memory: emptyMemory, entries: [] }, version: 0 },
          ledger: null,
        });
      });

      check('has what people want', async () => {
        await put('state/desired', '{"power":"on","imageId":"ami-0123456789abcdef0"}');
        const { desired } = await ports.state.read();
        expect(desired).toMatchObject({ power: 'on', imageId: 'ami-0123456789abcdef0' });
      });

      check('that people wrote wrongly is refused with what is wrong', async () => {
        await put('state/desired', '{"power":"maybe"}');
        await expect(ports.state.read()).rejects.toThrow('power is "on" or "off"');
      });

      check("has the servers' reports, and when they came", async () => {
        await put(
          'state/servers/i-0123456789abcdef0',
          '{"serving":{"pptp":true,"wireguard":false}}',
        );
        await put('state/servers/i-0123456789abcdef1', 'nonsense');
        const { reports } = await ports.state.read();
        expect(reports).toMatchObject([
          { serverId: 'i-0123456789abcdef0', serving: { pptp: true, wireguard: false } },
        ]);
        expect(Math.abs((reports[0]?.at ?? 0) - bench.now())).toBeLessThan(60_000);
      });

      check('is read whole, however many pages it has', async () => {
        const ids = Array.from({ length: 14 }, (_, n) => `i-${n.toString(16).padStart(17, '0')}`);
        for (const id of ids) await put(`state/servers/${id}`, '{"serving":{}}');
        const { reports } = await ports.state.read();
        expect(reports.map(({ serverId }) => serverId).sort()).toEqual(ids);
      });

      check('keeps every version of the journal', async () => {
        const at = Date.UTC(2026, 10, 22);
        const entry = { at, kind: 'stuck', why: 'Can\'t: "no" <image> & no luck' } as const;
        const first = { memory: { ...emptyMemory, generation: 1 }, entries: [entry] };
        const second = { memory: { ...emptyMemory, generation: 2 }, entries: [] };
        expect(await ports.state.writeJournal(first)).toBe(1);
        expect(await ports.state.writeJournal(second)).toBe(2);
        expect((await ports.state.read()).journal).toEqual({ value: second, version: 2 });
        expect(await ports.state.readJournal(1)).toEqual({ value: first, version: 1 });
        expect(await ports.state.readJournal(null)).toEqual({ value: second, version: 2 });
      });

      check("keeps the month's ledger, and last month's in a place of its own", async () => {
        const october = toLedger('2026-10', 1.25);
        const november = toLedger('2026-11', 0.005);
        await ports.state.writeLedger(november, october);
        expect((await ports.state.read()).ledger).toEqual(november);
        const Name = `/perennial/${config.policy.vpn}/ledger/2026-10`;
        const { Parameter: kept } = await bench.clients.ssm.send(new GetParameterCommand({ Name }));
        expect(JSON.parse(kept?.Value ?? '')).toMatchObject({ month: '2026-10' });
      });

      check('forgets a report, and may do so twice', async () => {
        await put('state/servers/i-0123456789abcdef0', '{"serving":{}}');
        await ports.state.forget('i-0123456789abcdef0');
        await ports.state.forget('i-0123456789abcdef0');
        expect((await ports.state.read()).reports).toEqual([]);
      });
    });

    describeAddresses(check, () => ({
      bench,
      ports,
      launch: async () => {
        const { id } = await launch();
        bench.settle();
        return id;
      },
    }));
    describeSecrets(check, () => ({ bench, ports, vpn: config.policy.vpn }));

    describe('the name', () => {
      check('points nowhere at first, whatever its neighbours do', async () => {
        await pointNeighbour(bench.clients, config, 'www.example.org');
        await pointNeighbour(bench.clients, config, 'a.vpn.example.org');
        expect(await ports.name.read()).toBeNull();
      });

      check('points where it was pointed last', async () => {
        await ports.name.point('203.0.113.7');
        await ports.name.point('203.0.113.8');
        await ports.name.point('203.0.113.8');
        expect(await ports.name.read()).toBe('203.0.113.8');
      });

      check('in a zone that is not there is an error', async () => {
        const elsewhere = toPortsOf({ ...config, zoneId: 'Z000' });
        await expect(elsewhere.name.read()).rejects.toThrow(/Z000|not found/i);
        await expect(elsewhere.name.point('203.0.113.7')).rejects.toThrow(/Z000|not found/i);
      });

      check('takes nothing but an IPv4 address', async () => {
        await expect(ports.name.point('not an address')).rejects.toThrow();
      });
    });
  });
}

function toLedger(month: string, dollars: number): Ledger {
  const amount = { hours: 1, dollars };
  return {
    month,
    until: Date.UTC(2026, 10, 22),
    spot: amount,
    onDemand: amount,
    address: amount,
    disk: amount,
    alwaysOnDemand: amount,
    days: { '22': { wanted: 5, out: 0.25 } },
  };
}

/** What a deployment makes: launch templates, a document and a hosted zone. Its VPN's name is new each time. */
async function deploy({ ec2, ssm, route53 }: Clients): Promise<Config> {
  const vpn = `v${randomUUID().slice(0, 8)}`;
  const template = async (LaunchTemplateName: string, LaunchTemplateData: object) => {
    const command = new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData });
    const { LaunchTemplate } = await ec2.send(command);
    return `${LaunchTemplate?.LaunchTemplateId}:1`;
  };
  const spot = { MarketType: 'spot', SpotOptions: { SpotInstanceType: 'one-time' } };
  const Content = JSON.stringify(applySecrets);
  const DocumentType = 'Command' as const;
  const Name = `Perennial-ApplySecrets-${vpn}`;
  await ssm.send(new CreateDocumentCommand({ Name, Content, DocumentType }));
  const zone = await route53.send(
    new CreateHostedZoneCommand({ Name: 'example.org', CallerReference: randomUUID() }),
  );
  return readConfig({
    AWS_REGION: 'us-east-1',
    PERENNIAL_VPN: vpn,
    PERENNIAL_ZONE_ID: zone.HostedZone?.Id?.replace('/hostedzone/', ''),
    PERENNIAL_NAME: 'vpn.example.org',
    PERENNIAL_CAP: '0.004',
    PERENNIAL_ON_DEMAND_MAX: '5',
    PERENNIAL_TYPES: 't3.nano=0.0052,t3a.nano=0.0047',
    PERENNIAL_PROTOCOLS: 'pptp,wireguard',
    PERENNIAL_ADDRESS: 'elastic',
    PERENNIAL_ROTATE_DAYS: '0',
    PERENNIAL_OLD_PASSWORD_MINUTES: '0',
    PERENNIAL_TEMPLATE_SPOT: await template(`${vpn}-spot`, { InstanceMarketOptions: spot }),
    PERENNIAL_TEMPLATE_ON_DEMAND: await template(`${vpn}-on-demand`, { EbsOptimized: false }),
  });
}

async function pointNeighbour({ route53 }: Clients, { zoneId }: Config, Name: string) {
  const record = { Name, Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '192.0.2.9' }] };
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zoneId,
      ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet: record }] },
    }),
  );
}
