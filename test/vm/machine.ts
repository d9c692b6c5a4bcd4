/** A virtual machine under QEMU's software emulation: booted, asked to run commands, crashed, and switched off. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { openChannel, type Ran } from './channel.ts';
import type { Disk, Saved } from './disk.ts';
import { saveState } from './monitor.ts';
import { startIn, type Wire } from './network.ts';
import { quote } from './people.ts';

export interface Machine {
  name: string;
  /** Runs bash as root; settles when it has ended. Rejects if the machine does first. */
  run: (script: string) => Promise<Ran>;
  /** The same; rejects unless it ends well. Answers what it printed. */
  must: (script: string) => Promise<string>;
  /** Runs it again until it ends well. */
  until: (script: string, limitMs?: number) => Promise<string>;
  /**
   * As a fault in its kernel would; comes back when it has booted again. It reboots by itself, in another QEMU: one that
   * has emulated a kernel takes minutes to see that other code stands in its place.
   */
  panic: () => Promise<void>;
  /** All that its kernel and its services said on the console. */
  console: () => string;
  /** User and system time that this machine has cost so far. */
  cpuSeconds: () => number;
  /** As if the plug were pulled. */
  kill: () => Promise<void>;
  /** Ends it, in a way that it can go on from later: see `saveTo`. */
  save: () => Promise<void>;
}

export interface MachineOptions {
  name: string;
  disk: Disk;
  wire: Wire;
  /** MiB; the disk's own by default. */
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
  /** Where its disk's layer and what it knows are to go. */
  saveTo?: Saved;
}

/** Under emulation on a busy machine; on a quiet one it takes half a minute. */
const bootMs = 300_000;
const untilMs = 300_000;
const tailLines = 40;
const isNews = (line: string) => !/^\[[ *]{6}\]/.test(line);
/**
 * Halves the boot: self-tests, mitigations, calibrations and devices that a test does not need. And halves all the rest:
 * where each process has its libraries at the same addresses, an emulator knows their code already.
 */
const quick =
  'modprobe.blacklist=lpc_ich,iTCO_wdt,pcspkr,floppy,bochs,psmouse,kvm_amd,ccp,cfg80211 cryptomgr.notests rcupdate.rcu_expedited=1 nokaslr no_timer_check tsc=reliable mitigations=off random.trust_cpu=on norandmaps init_on_alloc=0';

/** If its disk has a saved machine, that one goes on: it has booted, but its clock has stood still. */
export async function bootMachine(options: MachineOptions): Promise<Machine> {
  const { name, wire, disk, saveTo } = options;
  const folder = mkdtempSync(join(tmpdir(), `perennial-vm-${name}-`));
  const log = join(folder, 'console');
  const port = join(folder, 'port');
  writeFileSync(join(folder, 'files'), toTmpfiles(options.files ?? {}));
  const layer = saveTo?.layer ?? join(folder, 'layer');
  addLayer(disk, layer);
  let complaint = '';
  let spent = 0;

  const console = () => {
    const text = stripVTControlCharacters(readText(log)).replaceAll('\r', '');
    return complaint + text;
  };
  // Without what only says, each second, that it still waits.
  const tail = () => console().split('\n').filter(isNews).slice(-tailLines).join('\n');
  const fail = (what: string) => new Error(`${name}: ${what}\n${tail()}`);

  const powerOn = async (from: Disk) => {
    const qemu = startIn(wire.namespace, toCommand(options, from, folder, layer));
    qemu.stderr?.on('data', (chunk) => {
      complaint += chunk;
    });
    const ended = once(qemu, 'exit');
    options.signal?.addEventListener('abort', () => qemu.kill('SIGKILL'), { once: true });
    const channel = await openChannel(port, qemu, () => fail('QEMU has ended'));
    return { qemu, ended, channel };
  };
  const leave = () => rmSync(folder, { recursive: true, force: true });
  let power = await powerOn(disk).catch((error: unknown) => {
    leave();
    throw error;
  });
  const cpuSeconds = () => spent + (toCpuSeconds(power.qemu) ?? 0);
  const run = async (script: string) => {
    const ran = await power.channel.ask(script);
    if (ran) return ran;
    throw fail(`it went down while it ran: ${script}`);
  };
  const inTime = async (done: Promise<unknown>, what: string) => {
    const cut = new AbortController();
    const late = wait(bootMs, true, { signal: cut.signal }).catch(() => false);
    const isLate = await Promise.race([done.then(() => false), late]);
    cut.abort();
    if (isLate) throw fail(`it has not ${what} within ${bootMs / 1_000} s`);
  };
  const booted = () => inTime(power.channel.booted(), 'booted');
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
        const from = performance.now();
        const { code, output } = await run(script);
        if (code === 0) return output;
        const now = performance.now();
        if (now > end) throw new Error(`${name}: ${script}\nstill ends with ${code}: ${output}`);
        // Whoever asks all the time holds up what it waits for.
        await wait(now - from);
      }
    },
    async panic() {
      spent = cpuSeconds();
      void power.channel.ask('echo c >/proc/sysrq-trigger');
      await inTime(power.ended, 'rebooted');
      power.channel.close();
      power = await powerOn(toCold(disk));
      await booted();
    },
    console,
    cpuSeconds,
    async kill() {
      spent = cpuSeconds();
      power.qemu.kill('SIGKILL');
      await power.ended;
      power.channel.close();
      leave();
    },
    async save() {
      if (saveTo) await saveState(join(folder, 'monitor'), saveTo.state);
      await machine.kill();
    },
  };
  try {
    if (disk.saved) await machine.must(toWaking(options.files ?? {}));
    else await booted();
    return machine;
  } catch (error) {
    await machine.kill();
    throw error;
  }
}

/** What a disk is to a machine that boots from it. */
function toCold({ kernel, initrd, root, append, mebibytes }: Disk): Disk {
  return { kernel, initrd, root, append, mebibytes };
}

/** For all that a machine writes. */
function addLayer({ root, saved }: Disk, layer: string): void {
  const under = saved ? ['-b', saved.layer, '-F', 'qcow2'] : ['-b', root, '-F', 'raw'];
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...under, layer]);
}

function toCommand(
  { wire, memory, append = [], seed, dns = '', clock }: MachineOptions,
  disk: Disk,
  folder: string,
  layer: string,
): string[] {
  const words = [
    // /dev/kvm may be there and yet hang a guest; two cores under TCG made one panic.
    'qemu-system-x86_64 -accel tcg -smp 1 -cpu qemu64 -M q35,sata=off,smbus=off,hpet=off -nodefaults -display none -no-reboot',
    `-m ${memory ?? disk.mebibytes} -chardev file,id=console,path=${folder}/console,append=on -serial chardev:console`,
    `-kernel ${disk.kernel} -initrd ${disk.initrd}`,
    `-drive file=${layer},format=qcow2,if=virtio,cache=unsafe`,
    `-netdev tap,id=net,ifname=${wire.tap},script=no,downscript=no`,
    `-device virtio-net-pci,netdev=net,mac=${wire.mac}`,
    `-device virtio-rng-pci -device virtio-serial-pci -device virtserialport,chardev=port`,
    `-chardev socket,id=port,path=${folder}/port,server=on,wait=off`,
    `-fw_cfg name=opt/io.systemd.credentials/tmpfiles.extra,file=${folder}/files`,
    `-rtc base=${clock ?? 'utc'}`,
    `-qmp unix:${folder}/monitor,server=on,wait=off`,
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
  const incoming = disk.saved ? ['-incoming', `exec:cat '${disk.saved.state}'`] : [];
  return [...words.flatMap((word) => word.split(' ')), '-append', line.join(' '), ...incoming];
}

/** For systemd-tmpfiles, which takes it as a credential. */
function toTmpfiles(files: Record<string, string>): string {
  const lines = Object.entries(files).map(
    ([path, text]) => `f+~ ${path} 0644 root root - ${Buffer.from(text).toString('base64')}\n`,
  );
  return lines.join('');
}

/** What a machine that has slept has missed. */
function toWaking(files: Record<string, string>): string {
  const lines = Object.entries(files).map(
    ([path, text]) => `install -D -m 644 /dev/stdin ${path} <<<${quote(text.trimEnd())}`,
  );
  return [`date -s @${Date.now() / 1_000}`, ...lines].join('\n');
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
