/** Machines that have booted before the tests begin: each test file goes on from there, with a copy of its own. */
import { basename } from 'node:path';
import type { Disk, Saved } from './disk.ts';
import { bootMachine } from './machine.ts';
import { openNetwork, type Wire } from './network.ts';

/** As far as a server comes without a word from AWS; its agent has not begun. */
const halfway = [
  'systemd.unit=basic.target',
  'systemd.wants=systemd-networkd.service',
  'systemd.wants=runner.service',
];
/** The rest of its boot. */
export const goOn = 'systemctl start --no-block systemd-timesyncd default.target';
const isQuiet = '[ -z "$(systemctl list-jobs --no-legend)" ]';

/** Both at once, each with the disk it boots from and where it is kept. */
export async function saveMachines(server: [Disk, Saved], client: [Disk, Saved]): Promise<void> {
  const network = await openNetwork(1);
  try {
    const [wire] = network.servers;
    if (!wire) throw new Error('There is no wire for a server');
    const at = ([disk, saveTo]: [Disk, Saved], wire: Wire, append: string[]) =>
      bootMachine({ name: basename(disk.root), disk, wire, append, saveTo });
    await Promise.all([
      at(server, wire, halfway).then(async (machine) => {
        await machine.until(`systemctl is-active systemd-networkd && ${isQuiet}`);
        // It asks for the time when it goes on, and does not remember that it had it once.
        await machine.must('systemctl stop systemd-timesyncd; rm -rf /run/systemd/timesync');
        await machine.save();
      }),
      at(client, network.client, []).then((machine) => machine.save()),
    ]);
  } finally {
    network.close();
  }
}
