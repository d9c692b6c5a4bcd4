/** New secrets, shown once: in words, as files that only their owner can read, and as a QR code for a phone. */
import { join } from 'node:path';
import { renderUnicodeCompact } from 'uqr';
import { tunnelDns } from '../../../shared/core/limits.ts';
import { type Profile, type System, toProfile } from '../../../shared/users/profiles.ts';
import type { Shown, Status } from '../../../web/data/answers.ts';
import { writePrivate } from '../places.ts';
import type { Screen } from '../screen.ts';
import { Trouble } from '../trouble.ts';
import { toPairs } from './table.ts';

/** On a terminal with the QR code: WireGuard on a phone takes it from there. */
export function toShownText({ user, password, wireguard }: Shown, screen: Screen): string {
  const head = toPairs([
    ['user', user],
    ['password', password],
    ...(wireguard ? [['address', wireguard.address] as [string, string]] : []),
  ]);
  const conf = wireguard ? ['', 'For WireGuard:', '', wireguard.config] : [];
  const qr =
    screen.isTerminal && wireguard?.privateKey ? [toQr(wireguard.config, screen.width)] : [];
  return [head, ...conf, ...qr, 'Keep it: it is not shown again.'].join('\n');
}

/** A code that wraps can't be scanned. */
function toQr(text: string, width: number): string {
  // A light frame, whatever colours the terminal has.
  const code = renderUnicodeCompact(text, { border: 2 });
  const needed = code.indexOf('\n');
  return needed <= width
    ? code
    : `For a QR code the terminal has to have at least ${needed} columns.`;
}

/** With the private key in it, which no other profile has. */
export function toFreshProfile(
  shown: Shown,
  system: System,
  { vpn, name, protocols }: Status,
  killSwitch: boolean,
): Profile {
  return toProfile(system, shown, { vpn, name, protocols, dns: tunnelDns, killSwitch });
}

/** What WireGuard on a phone scans, where a person looks and the private key is at hand; else null. */
export function toCode({ files }: Profile, shown: Shown, screen: Screen): string | null {
  const conf = files.find(({ name }) => name.endsWith('.conf'));
  if (!screen.isTerminal || !conf || !shown.wireguard?.privateKey) return null;
  return toQr(conf.content, screen.width);
}

/** The profile's files: into `out` if that is given, else on stdout; what to do with them on stderr. */
export function showProfile(screen: Screen, profile: Profile, out: string | undefined): void {
  const { files, steps } = profile;
  if (out !== undefined) {
    const [first] = files;
    const written = files.map((file) => {
      const path = files.length === 1 && first ? out : join(out, file.name);
      write(path, file.content, profile.user);
      return path;
    });
    screen.show(
      { ...profile, files: undefined, written },
      toSteps([...steps, ...toWritten(written)]),
    );
    return;
  }
  // Alone it can be piped on; of several each says its name, as head(1) has it.
  const [only] = files;
  if (only && files.length === 1) {
    screen.note(toSteps(steps));
    screen.show(profile, only.content);
    return;
  }
  const named = files.map(({ name, content }) => `==> ${name} <==\n${content}`);
  screen.show(profile, [toSteps(steps), ...named].join('\n\n'));
}

/** The secrets may be new, and nobody can show them again. */
function write(path: string, content: string, user: string): void {
  try {
    writePrivate(path, content);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Trouble(
      `${path} can't be written (${code}). If the secrets were new, make others: vpn rotate ${user}`,
    );
  }
}

function toWritten(paths: string[]): string[] {
  return paths.map((path) => `Written, readable only by you: ${path}`);
}

function toSteps(steps: string[]): string {
  return steps.map((step) => `- ${step}`).join('\n');
}
