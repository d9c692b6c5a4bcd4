/** A played AWS around the servers of a VPN whose address moves: what they report is seen, and can be kept from others. */
import { startClock } from '../../local/clock.ts';
import { type Door, openDoor } from '../../local/door.ts';
import type { InstanceRecord } from '../../local/ec2/instances.ts';
import { AwsFault } from '../../local/fault.ts';
import { toImds } from '../../local/imds.ts';
import { startPump } from '../../local/pump.ts';
import { bakedImageId } from '../../local/world.ts';
import { setStage } from '../stage.ts';

export interface Report {
  serving: { wireguard: boolean };
  sessions: number;
  endpoints: string;
  handover?: { from?: string; clients: number; answered: number; gapMs?: number };
  problem?: string;
}

const prefix = '/perennial/home/state';

export function openCloud() {
  const clock = startClock({ speed: 1 });
  const { world } = setStage({
    start: clock.now(),
    times: {
      bootMs: () => null,
      pendingMs: () => 0,
      listLagMs: () => 0,
      newAddressMs: () => 3_600_000,
    },
  });
  const pump = startPump(world.timers, clock, () => undefined);
  const reports = new Map<string, Report>();
  const reads = new Map<string, number>();
  const hidden = new Set<string>();
  const waiting = new Set<() => void>();
  const call = (service: 'ec2' | 'ssm', operation: string, input: object) =>
    pump.change(() => world.call(service, operation, input));
  const put = (name: string, value: object, Type = 'SecureString') =>
    call('ssm', 'PutParameter', {
      Name: `/perennial/home/${name}`,
      Value: JSON.stringify(value),
      Type,
      Overwrite: true,
    });
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isSo()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });

  return {
    call,
    put,
    launch(): InstanceRecord {
      const before = new Set(world.instances.keys());
      call('ec2', 'RunInstances', {
        MinCount: 1,
        MaxCount: 1,
        ImageId: bakedImageId,
        InstanceType: 't3.nano',
        InstanceMarketOptions: { MarketType: 'spot' },
      });
      return [...world.instances.values()].find(({ id }) => !before.has(id)) as InstanceRecord;
    },
    /** Where this server finds Parameter Store and its metadata. */
    openDoor({ id }: InstanceRecord): Promise<Door> {
      const credentials = { accessKeyId: id, secretAccessKey: 'x', sessionToken: 'session' };
      const imds = toImds({
        world,
        instanceId: id,
        look: pump.change,
        roleName: 'server',
        credentials,
      });
      return openDoor({
        call(service, operation, input, key) {
          const { Name } = input as { Name?: string };
          if (Name === `${prefix}/servers/${id}` && hidden.has(id))
            throw new AwsFault('InternalServerError', 'lost', 500);
          return pump.change(() => world.call(service, operation, input, key));
        },
        routes: [imds],
        onCall(asked, { kind }) {
          const { Name, Value, Path } = (asked?.input ?? {}) as Record<string, string | undefined>;
          if (kind === 'answered' && Value && Name === `${prefix}/servers/${id}`)
            reports.set(id, JSON.parse(Value) as Report);
          if (Path === `${prefix}/servers`) reads.set(id, (reads.get(id) ?? 0) + 1);
          for (const look of waiting) look();
        },
      });
    },
    /** Its report, once it is so. */
    async reported({ id }: InstanceRecord, isSo: (report: Report) => boolean): Promise<Report> {
      const find = () => {
        const report = reports.get(id);
        return report && isSo(report) ? report : undefined;
      };
      await until(() => find() !== undefined);
      return find() as Report;
    },
    /** It has read what the others report as they do now, and has done what there was to do by it. */
    async hasRead({ id }: InstanceRecord): Promise<void> {
      const before = reads.get(id) ?? 0;
      await until(() => (reads.get(id) ?? 0) > before + 2);
    },
    /** Where its clients are nobody hears from now on; answers what there was to hear. */
    hide({ id }: InstanceRecord): Report {
      hidden.add(id);
      const last = reports.get(id) as Report;
      put(`state/servers/${id}`, { ...last, endpoints: '' }, 'String');
      return last;
    },
    /** What was hidden comes after all. */
    recall({ id }: InstanceRecord, report: Report): void {
      hidden.delete(id);
      put(`state/servers/${id}`, report, 'String');
    },
    /** All that was heard so far is forgotten. */
    forget({ id }: InstanceRecord): void {
      reports.delete(id);
    },
    close: pump.stop,
  };
}
