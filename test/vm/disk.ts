/** Disks for virtual machines: a stock Debian that `image/install.sh` has turned into a server, and a client's. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { saveMachines } from './saved.ts';

export interface Disk {
  kernel: string;
  initrd: string;
  /** An ext4, which no machine changes: each writes to a layer of its own. */
  root: string;
  /** For the kernel's command line. */
  append: string[];
  /** MiB of memory that a machine with this disk has, unless it is told otherwise. */
  mebibytes: number;
  /** A machine that has booted from it already. */
  saved?: Saved;
}

/** A machine that sleeps: what it has written, above its disk, and all that it knew. */
export interface Saved {
  layer: string;
  state: string;
}

interface Disks {
  server: Disk;
  /** One that has booted as far as its network: see `goOn`. */
  begun: Disk;
  client: Disk;
}

const root = resolve(import.meta.dirname, '../..');
const guest = join(import.meta.dirname, 'guest');
const cache = join(root, '.cache/vm');
/** Debian 12 and 13. */
export const suites = ['bookworm', 'trixie'] as const;
export type Suite = (typeof suites)[number];

/** As much of Debian's image for EC2 as a server has to do with. */
const stock =
  'ca-certificates,systemd-sysv,systemd-resolved,udev,dbus,cloud-init,initramfs-tools,zstd';
const clients = 'pptp-linux curl iputils-ping tcpdump wireguard-tools';
/** Of what mmdebstrap and apt say before they fail. */
const saidLetters = 4_000;
const diskSize = '4G';
const keyLetters = 12;

/** In the order that they are run in, with the new system's folder as $1. */
const steps = [
  // An initrd with what this disk and this network need boots in half the time.
  `printf 'MODULES=list\\nCOMPRESS=lz4\\n' >"$1/etc/initramfs-tools/conf.d/vm"`,
  `printf '%s\\n' virtio_pci virtio_blk virtio_net virtio_console qemu_fw_cfg ext4 >>"$1/etc/initramfs-tools/modules"`,
  // All devices that it needs the kernel makes by itself, and udev takes seconds to come to the same.
  `printf '#!/bin/sh\\n[ "$1" = prereqs ] || rm "$DESTDIR"/scripts/init-*/udev\\n' >"$1/etc/initramfs-tools/hooks/no-udev"`,
  'chmod 755 "$1/etc/initramfs-tools/hooks/no-udev"',
  // Where Debian 12's systemd-resolved has /etc/resolv.conf lead, names are found only once it runs.
  'install -D -m 644 /etc/resolv.conf "$1/run/systemd/resolve/stub-resolv.conf"',
  'cp -a "$IMAGE" "$1/root/image"',
  'chroot "$1" /root/image/install.sh --bake --without-ssm-agent --no-start',
  'rm -r "$1/root/image"',
  'rm "$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap"',
  'cp "$1"/boot/vmlinuz-* "$OUT/kernel"; cp "$1"/boot/initrd.img-* "$OUT/initrd"',
  'install -m 755 "$GUEST/runner" "$1/usr/local/sbin/runner"',
  'install -m 644 "$GUEST/runner.service" "$1/etc/systemd/system/runner.service"',
  'chroot "$1" systemctl enable -q runner systemd-networkd systemd-network-generator',
  // Of the devices of a machine only its network is waited for by what runs on it.
  `install -D -m 644 "$GUEST/udev-trigger.conf" "$1/etc/systemd/system/systemd-udev-trigger.service.d/vm.conf"`,
  // As in Debian's image for EC2: cloud-init has nothing to change then.
  'echo LANG=C.UTF-8 >"$1/etc/default/locale"',
  // Nothing of a machine whose name is nobody's business; nobody logs in; and it is switched off too soon for these.
  'echo server >"$1/etc/hostname"',
  'chroot "$1" systemctl mask -q getty@ serial-getty@ e2scrub_reap apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer systemd-networkd-wait-online systemd-binfmt systemd-networkd-persistent-storage',
  // What packages have done is not done again at the first boot.
  'touch "$1/etc/.updated" "$1/var/.updated"',
  '"$MAKE" "$1" "$OUT/server"',
  `chroot "$1" sh -c 'apt-get update -q && apt-get install -qy --no-install-recommends ${clients} && apt-get clean'`,
  '"$MAKE" "$1" "$OUT/client"',
];

/** Without what is mounted in it. */
const make = `#!/bin/sh
set -eu
bare=$(mktemp -d)
mount --bind "$1" "$bare"
mke2fs -q -t ext4 -L root -E lazy_itable_init=1,lazy_journal_init=1 -d "$bare" "$2" ${diskSize}
umount "$bare"
rmdir "$bare"
`;

/** Those that `makeDisks` has made. */
export function fetchDisks(suite: Suite): Disks {
  const folders = toFolders(suite);
  const { server, client } = toDisks(folders.disks);
  const begun = { ...server, saved: toSaved(folders.saved, 'server') };
  return { server, begun, client: { ...client, saved: toSaved(folders.saved, 'client') } };
}

/** Made once for what goes into them, and again in another week, so that they do not fall far behind Debian. */
export async function makeDisks(suite: Suite): Promise<void> {
  const { disks, saved } = toFolders(suite);
  mkdirSync(cache, { recursive: true });
  if (!existsSync(disks)) {
    console.log(`Building the disks of Debian's ${suite}; it takes a minute or two`);
    await fill(disks, `${suite}-`, (out) => build(suite, out));
  }
  if (!existsSync(saved)) {
    const { server, client } = toDisks(disks);
    console.log('Booting a machine from each of them; it takes half a minute');
    await fill(saved, basename(saved).slice(0, -keyLetters), (out) =>
      saveMachines([server, toSaved(out, 'server')], [client, toSaved(out, 'client')]),
    );
  }
}

function toDisks(folder: string) {
  const common = { kernel: join(folder, 'kernel'), initrd: join(folder, 'initrd') };
  const server: Disk = {
    ...common,
    root: join(folder, 'server'),
    append: ['network-config=disabled'],
    // A t3.nano's.
    mebibytes: 512,
  };
  const client: Disk = {
    ...common,
    root: join(folder, 'client'),
    // Nothing of the server's runs on it; whoever uses it starts what it needs.
    append: ['systemd.unit=runner.service'],
    mebibytes: 1_024,
  };
  return { server, client };
}

function toSaved(folder: string, name: string): Saved {
  return { layer: join(folder, `${name}.layer`), state: join(folder, `${name}.state`) };
}

/** Wholly or not at all, in place of what nothing can ask for any more. */
async function fill(
  folder: string,
  prefix: string,
  make: (out: string) => Promise<void> | void,
): Promise<void> {
  for (const name of readdirSync(cache))
    if (isBrokenOff(name) || name.startsWith(prefix))
      rmSync(join(cache, name), { recursive: true });
  const out = mkdtempSync(join(cache, `new-${process.pid}-`));
  try {
    await make(out);
    // Another build may have come first.
    if (!existsSync(folder)) renameSync(out, folder);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function isBrokenOff(name: string): boolean {
  const [, pid] = /^new-(\d+)-/.exec(name) ?? [];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

function build(suite: Suite, out: string): void {
  const maker = join(out, 'make');
  writeFileSync(maker, make, { mode: 0o755 });
  const hooks = steps.map((step) => `--customize-hook=${step}`);
  // With no mirror named it takes Debian's own, with its updates. Whatever is lost in a crash is built again.
  const args = ['--variant=minbase', '--dpkgopt=force-unsafe-io', `--include=${stock}`, ...hooks];
  const made = spawnSync('mmdebstrap', [...args, '--format=null', suite, '/dev/null'], {
    env: { ...process.env, OUT: out, GUEST: guest, IMAGE: join(root, 'image'), MAKE: maker },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (made.status !== 0)
    throw new Error(`mmdebstrap ends with ${made.status}:\n${made.stderr.slice(-saidLetters)}`);
}

/** Named by what goes into them, those of the machines after those of their disks. */
function toFolders(suite: Suite): { disks: string; saved: string } {
  const week = String(Math.floor(Date.now() / (7 * 24 * 3_600_000)));
  const parts = [week, stock, clients, diskSize, make, ...steps];
  const disks = join(cache, `${suite}-${toKey(parts, [join(root, 'image'), guest])}`);
  // No other QEMU, and no machine made otherwise, can go on from what this one has saved.
  const version = execFileSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8' });
  const makers = ['machine.ts', 'saved.ts'].map((file) =>
    readFileSync(join(import.meta.dirname, file), 'utf8'),
  );
  return { disks, saved: `${disks}-${toKey([version, ...makers], [])}` };
}

function toKey(parts: string[], folders: string[]): string {
  const hash = createHash('sha256').update(parts.join());
  for (const folder of folders)
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).sort(byPath))
      if (entry.isFile() && !entry.name.endsWith('.md')) {
        const path = join(entry.parentPath, entry.name);
        hash.update(`${path.slice(root.length)}\n`).update(readFileSync(path));
      }
  return hash.digest('hex').slice(0, keyLetters);
}

function byPath(a: { parentPath: string; name: string }, b: typeof a): number {
  return join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1;
}
