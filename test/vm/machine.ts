/** A virtual machine under QEMU's software emulation: booted, asked to run commands, crashed, and switched off. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { openChannel, type Ran } from './channel.ts';
import type { Disk } from './disk.ts';
import { startIn, type Wire } from './network.ts';

export interface Machine {
  name: string;
  /** Runs bash as root; settles when it has ended. Rejects if the machine does first. */
  run: (script: string) => Promise<Ran>;
  /** The same; rejects unless it ends well. Answers what it printed. */
  must: (script: string) => Promise<string>;
  /** Runs it again until it ends well. */
  until: (script: string, limitMs?: number) => Promise<string>;
  /** As a fault in its kernel would; comes back when it has booted again, by itself. */
  panic: () => Promise<void>;
  /** All that its kernel and its services said on the console. */
  console: () => string;
  /** User and system time that this machine has cost so far. */
  cpuSeconds: () => number;
  /** As if the plug were pulled. */
  kill: () => Promise<void>;
}

export interface MachineOptions {
  name: string;
  disk: Disk;
  wire: Wire;
  /** MiB. */
  memory?: number;
  /** Put there before any service starts, by path. */
  files?: Record<string, string>;
  /** More words for the kernel's command line. */
  append?: string[];
  /** A folder that the machine sees as a disk with the label `cidata`: cloud-init's NoCloud. */
  seed?: string;
  /** Its resolver's address, as DHCP would tell it; none by default. */
  dns?: string;
  /** From when its clock starts, as ISO 8601 without a zone (UTC); this machine's own time by default. */
  clock?: string;
  /** Pulls the plug, even while it boots. */
  signal?: AbortSignal;
}

/** Under emulation on a busy machine; on a quiet one it takes half a minute. */
const bootMs = 300_000;
const untilMs = 60_000;
const tailLines = 40;
const isNews = (line: string) => !/^\[[ *]{6}\]/.test(line);
/** Halves the boot: self-tests, mitigations, calibrations and devices that a test does not need. */
const quick =
  'modprobe.blacklist=lpc_ich,iTCO_wdt,pcspkr,floppy,bochs,psmouse cryptomgr.notests rcupdate.rcu_expedited=1 nokaslr no_timer_check tsc=reliable mitigations=off random.trust_cpu=on';

export async function bootMachine(options: MachineOptions): Promise<Machine> {
  const { name, wire } = options;
  const folder = mkdtempSync(join(tmpdir(), `perennial-vm-${name}-`));
  const log = join(folder, 'console');
  const port = join(folder, 'port');
  writeFileSync(join(folder, 'files'), toTmpfiles(options.files ?? {}));
  const qemu = startIn(wire.namespace, toCommand(options, folder));
  let complaint = '';
  qemu.stderr?.on('data', (chunk) => {
    complaint += chunk;
  });
  const ended = once(qemu, 'exit');
  const pull = () => qemu.kill('SIGKILL');
  options.signal?.addEventListener('abort', pull);
  let cpuAtEnd = 0;

  const console = () => {
    const text = stripVTControlCharacters(readText(log)).replaceAll('\r', '');
    return complaint + text;
  };
  // Without what only says, each second, that it still waits.
  const tail = () => console().split('\n').filter(isNews).slice(-tailLines).join('\n');
  const fail = (what: string) => new Error(`${name}: ${what}\n${tail()}`);

  const channel = await openChannel(port, qemu, () => fail('QEMU has ended'));
  const run = async (script: string) => {
    const ran = await channel.ask(script);
    if (ran) return ran;
    throw fail(`it went down while it ran: ${script}`);
  };
  const booted = async () => {
    const cut = new AbortController();
    const late = wait(bootMs, true, { signal: cut.signal }).catch(() => false);
    const isLate = await Promise.race([channel.booted().then(() => false), late]);
    cut.abort();
    if (isLate) throw fail(`it has not booted within ${bootMs / 1_000} s`);
  };
  const machine: Machine = {
    name,
    run,
    async must(script) {
      const { code, output } = await run(script);
      if (code !== 0) throw new Error(`${name}: ${script}\nends with ${code}: ${output}`);
      return output;
    },
    async until(script, limitMs = untilMs) {
      const end = performance.now() + limitMs;
      for (;;) {
        const { code, output } = await run(script);
        if (code === 0) return output;
        if (performance.now() > end)
          throw new Error(`${name}: ${script}\nstill ends with ${code}: ${output}`);
        await wait(200);
      }
    },
    async panic() {
      const back = booted();
      void channel.ask('echo c >/proc/sysrq-trigger');
      await back;
    },
    console,
    cpuSeconds: () => toCpuSeconds(qemu) ?? cpuAtEnd,
    async kill() {
      cpuAtEnd = toCpuSeconds(qemu) ?? cpuAtEnd;
      pull();
      await ended;
      options.signal?.removeEventListener('abort', pull);
      channel.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await booted();
    return machine;
  } catch (error) {
    await machine.kill();
    throw error;
  }
}

function toCommand(
  { disk, wire, memory = 1_024, append = [], seed, dns = '', clock }: MachineOptions,
  folder: string,
): string[] {
  const words = [
    // /dev/kvm may be there and yet hang a guest; two cores under TCG made one panic.
    'qemu-system-x86_64 -accel tcg -smp 1 -cpu qemu64 -M q35,sata=off,smbus=off,hpet=off -nodefaults -display none',
    `-m ${memory} -serial file:${folder}/console -kernel ${disk.kernel} -initrd ${disk.initrd}`,
    `-drive file=${disk.root},format=raw,if=virtio,snapshot=on,cache=unsafe`,
    `-netdev tap,id=net,ifname=${wire.tap},script=no,downscript=no`,
    `-device virtio-net-pci,netdev=net,mac=${wire.mac}`,
    `-device virtio-rng-pci -device virtio-serial-pci -device virtserialport,chardev=port`,
    `-chardev socket,id=port,path=${folder}/port,server=on,wait=off`,
    `-fw_cfg name=opt/io.systemd.credentials/tmpfiles.extra,file=${folder}/files`,
    `-rtc base=${clock ?? 'utc'}`,
    ...(seed
      ? [
          `-drive if=virtio,format=raw,readonly=on,file.driver=vvfat,file.dir=${seed},file.label=cidata`,
        ]
      : []),
  ];
  const address = `ip=${wire.address}::${wire.gateway}:255.255.255.0::eth0:off:${dns}`;
  const line = [
    'root=/dev/vda rw console=ttyS0 net.ifnames=0 systemd.show_status=1',
    quick,
    address,
    ...disk.append,
    ...append,
  ];
  return [...words.flatMap((word) => word.split(' ')), '-append', line.join(' ')];
}

/** For systemd-tmpfiles, which takes it as a credential. */
function toTmpfiles(files: Record<string, string>): string {
  const lines = Object.entries(files).map(
    ([path, text]) => `f+~ ${path} 0644 root root - ${Buffer.from(text).toString('base64')}\n`,
  );
  return lines.join('');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Null once the process is gone. */
function toCpuSeconds({ pid }: ChildProcess): number | null {
  // Fields 14 and 15, counted after the name in parentheses; in hundredths of a second.
  const fields = readText(`/proc/${pid}/stat`).split(') ')[1]?.split(' ');
  return fields ? (Number(fields[11]) + Number(fields[12])) / 100 : null;
}
