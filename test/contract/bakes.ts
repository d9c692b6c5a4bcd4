/** What the ports of baking promise, whoever answers behind them. */
import { randomUUID } from 'node:crypto';
import { CreateImageCommand, CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect } from 'vitest';
import { must } from '../../shared/adapters/answers.ts';
import { toLooks } from '../../shared/adapters/looks.ts';
import type { Run } from '../../shared/bake/model.ts';
import type { BakePorts, MachineRequest } from '../../shared/bake/ports.ts';
import { toBakePorts } from '../../shared/bake/wire.ts';
import { type Bench, type KnownWrong, toCheck } from './suite.ts';

/** So many minutes are enough for an image. */
const settlesOfImage = 8;

export function describeBakes(
  who: string,
  start: () => Promise<Bench>,
  wrong: KnownWrong = {},
): void {
  const check = toCheck(wrong);
  describe(`the ports of baking on ${who}`, () => {
    let bench: Bench;
    let vpn: string;
    let ports: BakePorts;
    let run: Run;
    beforeEach(async () => {
      bench = await start();
      vpn = `v${randomUUID().slice(0, 8)}`;
      for (const part of ['builder', 'canary'])
        await bench.clients.ec2.send(
          new CreateLaunchTemplateCommand({
            LaunchTemplateName: `perennial-${vpn}-${part}`,
            LaunchTemplateData: { EbsOptimized: false },
          }),
        );
      ports = toBakePorts({ policy: { vpn } }, bench.clients, bench.now);
      const startedAt = Date.UTC(2026, 10, 22, 5);
      const sum = 'a'.repeat(64);
      run = { id: '20261122t050000z', startedAt, stockImageId: bench.imageId, sum };
    });
    const launch = async (request: Partial<MachineRequest> = {}) => {
      const rest = { imageId: bench.imageId, type: 't3.nano', userData: '#!/bin/sh\n' };
      const answer = await ports.ec2.launch({ run, part: 'builder', ...rest, ...request });
      bench.settle();
      return answer;
    };
    const machine = async () => must((await ports.ec2.machines())[0], 'a machine');
    const make = async () => {
      await launch();
      const answer = await ports.ec2.make(run, (await machine()).id);
      for (let count = 0; count < settlesOfImage; count++) bench.settle();
      return answer;
    };
    /** As a person might, with no tag on the snapshot. */
    const makeByHand = async () => {
      await launch();
      const Tags = [{ Key: 'perennial:bake', Value: vpn }];
      await bench.clients.ec2.send(
        new CreateImageCommand({
          InstanceId: (await machine()).id,
          Name: 'by-hand',
          TagSpecifications: [{ ResourceType: 'image', Tags }],
        }),
      );
      for (let count = 0; count < settlesOfImage; count++) bench.settle();
    };
    const image = async () => must((await ports.ec2.images())[0], 'an image');

    check('nothing is made at first', async () => {
      const { machines, images, snapshots } = ports.ec2;
      expect(await Promise.all([machines(), images(), snapshots()])).toEqual([[], [], []]);
    });

    check('a machine is listed with its run and its part, and not among the servers', async () => {
      expect(await launch({ part: 'canary', userData: null })).toEqual({ kind: 'done' });
      const found = await machine();
      expect(found).toMatchObject({ runId: run.id, part: 'canary' });
      expect(found.state).toMatch(/^(pending|running)$/);
      expect(Math.abs(found.launchedAt - bench.now())).toBeLessThan(120_000);
      expect(await toLooks(bench.clients, { policy: { vpn } as never }).list()).toEqual([]);
    });

    check('a machine is launched once, however often it is asked for', async () => {
      await launch();
      expect(await launch({ userData: '#!/bin/bash\n' })).toEqual({ kind: 'done' });
      expect(await ports.ec2.machines()).toHaveLength(1);
    });

    check('a machine of an image that is not there is refused', async () => {
      expect(await launch({ imageId: 'ami-00000000000000000' })).toMatchObject({
        kind: 'refused',
        code: 'InvalidAMIID.NotFound',
      });
    });

    check('a machine ends, and may be ended twice', async () => {
      await launch();
      const { id } = await machine();
      await ports.ec2.end(id);
      await ports.ec2.end(id);
      await ports.ec2.end('i-00000000000000000');
      bench.settle();
      expect((await machine()).state).toMatch(/^(shutting-down|terminated)$/);
    });

    check('an image becomes available, with a snapshot of its run', async () => {
      expect(await make()).toEqual({ kind: 'done' });
      const [snapshot, ...others] = await ports.ec2.snapshots();
      expect(others).toEqual([]);
      expect(snapshot).toMatchObject({ runId: run.id });
      expect(await image()).toMatchObject({
        runId: run.id,
        state: 'available',
        snapshotIds: [snapshot?.id],
      });
      expect((await image()).madeAt).toBeGreaterThan(bench.now() - 3_600_000);
    });

    check('an image is made once, however often it is asked for', async () => {
      await make();
      expect(await ports.ec2.make(run, (await machine()).id)).toEqual({ kind: 'done' });
      expect(await ports.ec2.images()).toHaveLength(1);
    });

    check('a snapshot stays while there is an image of it', async () => {
      await make();
      const [snapshotId = ''] = (await image()).snapshotIds;
      await ports.ec2.delete(snapshotId);
      expect(await ports.ec2.snapshots()).toHaveLength(1);
    });

    check('an image goes, and then its snapshot; either may be removed twice', async () => {
      await make();
      const { id, snapshotIds } = await image();
      const [snapshotId = ''] = snapshotIds;
      for (const _ of ['once', 'twice']) await ports.ec2.deregister(id);
      expect(await ports.ec2.images()).toEqual([]);
      for (const _ of ['once', 'twice']) await ports.ec2.delete(snapshotId);
      expect(await ports.ec2.snapshots()).toEqual([]);
    });

    check('an image that a person made with our tag is ours, and goes', async () => {
      await makeByHand();
      const { id, snapshotIds, ...found } = await image();
      expect(found).toMatchObject({ runId: '', state: 'available' });
      expect(found.madeAt).toBeGreaterThan(bench.now() - 3_600_000);
      expect(snapshotIds).toHaveLength(1);
      for (const _ of ['once', 'twice']) await ports.ec2.deregister(id);
      expect(await ports.ec2.images()).toEqual([]);
      for (const _ of ['once', 'twice']) await ports.ec2.delete(snapshotIds[0] ?? '');
    });

    check("another VPN's are not ours", async () => {
      await makeByHand();
      const others = toBakePorts({ policy: { vpn: 'another' } }, bench.clients, bench.now).ec2;
      const all = [others.machines(), others.images(), others.snapshots()];
      expect(await Promise.all(all)).toEqual([[], [], []]);
    });

    check('records come back as they were written', async () => {
      const { records } = ports;
      const nothing = { run: null, ending: null, entries: [], words: [], reports: [] };
      expect(await records.read()).toEqual(nothing);
      const at = run.startedAt + 1_000;
      const ending = { runId: run.id, outcome: 'failed' as const, why: 'because', at };
      await records.begin(run);
      await records.conclude(ending);
      await records.note([{ at, why: 'because' }]);
      await records.writePart(0, 'not read here');
      expect(await records.read()).toEqual({
        ...nothing,
        run,
        ending,
        entries: [{ at, why: 'because' }],
      });
    });

    check('what machines say is read, and forgotten', async () => {
      const say = (path: string, Value: string) => {
        const Name = `/perennial/${vpn}/bake/${path}`;
        return bench.clients.ssm.send(new PutParameterCommand({ Name, Type: 'String', Value }));
      };
      await say('builders/i-0b662ef9931388ba0', '{"good":true,"sentence":"fine"}');
      await say('builders/i-0b662ef9931388ba1', 'no JSON');
      await say('canaries/i-0b662ef9931388ba2', '{"serving":{"pptp":true}}');
      const { words, reports } = await ports.records.read();
      expect(words.toSorted((a, b) => (a.machineId < b.machineId ? -1 : 1))).toEqual([
        { machineId: 'i-0b662ef9931388ba0', good: true, sentence: 'fine' },
        { machineId: 'i-0b662ef9931388ba1', good: false, sentence: 'what it says makes no sense' },
      ]);
      expect(reports).toMatchObject([{ serverId: 'i-0b662ef9931388ba2', serving: { pptp: true } }]);
      for (const _ of ['once', 'twice'])
        await ports.records.forget('builder', 'i-0b662ef9931388ba0');
      await ports.records.forget('canary', 'i-0b662ef9931388ba2');
      expect(await ports.records.read()).toMatchObject({
        words: [{ machineId: 'i-0b662ef9931388ba1' }],
        reports: [],
      });
    });

    check("Debian's image is found for either architecture", async () => {
      for (const architecture of ['amd64', 'arm64'] as const)
        expect(await ports.records.stockImage(architecture)).toMatch(/^ami-[0-9a-f]{17}$/);
    });
  });
}
