/** Disks for virtual machines: a stock Debian that `image/install.sh` has turned into a server, and a client's. */
import { spawnSync } from 'node:child_process';
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
import { join, resolve } from 'node:path';

export interface Disk {
  kernel: string;
  initrd: string;
  /** An ext4, which no machine changes: each writes to a layer of its own. */
  root: string;
  /** For the kernel's command line. */
  append: string[];
}

interface Disks {
  server: Disk;
  client: Disk;
  /** What all files of the server take on its disk. */
  serverMebibytes: number;
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

/** In the order that they are run in, with the new system's folder as $1. */
const steps = [
  // An initrd with what this disk and this network need boots in half the time.
  `printf 'MODULES=list\\nCOMPRESS=lz4\\n' >"$1/etc/initramfs-tools/conf.d/vm"`,
  `printf '%s\\n' virtio_pci virtio_blk virtio_net virtio_console qemu_fw_cfg ext4 >>"$1/etc/initramfs-tools/modules"`,
  // Where Debian 12's systemd-resolved has /etc/resolv.conf lead, names are found only once it runs.
  'install -D -m 644 /etc/resolv.conf "$1/run/systemd/resolve/stub-resolv.conf"',
  'cp -a "$IMAGE" "$1/root/image"',
  'chroot "$1" /root/image/install.sh --bake --without-ssm-agent --no-start',
  'rm -r "$1/root/image"',
  'rm "$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap"',
  'du -sxm "$1" | cut -f1 >"$OUT/mebibytes"',
  'cp "$1"/boot/vmlinuz-* "$OUT/kernel"; cp "$1"/boot/initrd.img-* "$OUT/initrd"',
  'install -m 755 "$GUEST/runner" "$1/usr/local/sbin/runner"',
  'install -m 644 "$GUEST/runner.service" "$1/etc/systemd/system/runner.service"',
  'chroot "$1" systemctl enable -q runner systemd-networkd systemd-network-generator',
  // Nothing of a machine whose name is nobody's business; nobody logs in; and it is switched off too soon for these.
  'echo server >"$1/etc/hostname"',
  'chroot "$1" systemctl mask -q getty@ serial-getty@ e2scrub_reap apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer systemd-networkd-wait-online',
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

/** Made once for what goes into them, and again in another week, so that they do not fall far behind Debian. */
export function fetchDisks(suite: Suite): Disks {
  const folder = join(cache, `${suite}-${toKey()}`);
  if (!existsSync(folder)) makeDisks(suite, folder);
  const common = { kernel: join(folder, 'kernel'), initrd: join(folder, 'initrd') };
  return {
    server: { ...common, root: join(folder, 'server'), append: ['network-config=disabled'] },
    // Nothing of the server's runs on it; whoever uses it starts what it needs.
    client: { ...common, root: join(folder, 'client'), append: ['systemd.unit=runner.service'] },
    serverMebibytes: Number(readFileSync(join(folder, 'mebibytes'), 'utf8')),
  };
}

function makeDisks(suite: Suite, folder: string): void {
  console.log(`Building the disks of Debian's ${suite}; it takes two minutes or so`);
  mkdirSync(cache, { recursive: true });
  forgetOthers(suite);
  const out = mkdtempSync(join(cache, 'new-'));
  try {
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
    renameSync(out, folder);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Disks that nothing can ask for any more, and what was broken off. */
function forgetOthers(suite: Suite): void {
  const old = readdirSync(cache).filter(
    (name) => name.startsWith('new-') || name.startsWith(`${suite}-`),
  );
  for (const name of old) rmSync(join(cache, name), { recursive: true });
}

function toKey(): string {
  const hash = createHash('sha256');
  hash.update(String(Math.floor(Date.now() / (7 * 24 * 3_600_000))));
  hash.update([stock, clients, diskSize, make, ...steps].join());
  for (const folder of [join(root, 'image'), guest])
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).sort(byPath))
      if (entry.isFile() && !entry.name.endsWith('.md')) {
        const path = join(entry.parentPath, entry.name);
        hash.update(`${path.slice(root.length)}\n`).update(readFileSync(path));
      }
  return hash.digest('hex').slice(0, 12);
}

function byPath(a: { parentPath: string; name: string }, b: typeof a): number {
  return join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1;
}
