/** What adopting does, decided from what was found: whom it adds, whom it can't, and what becomes of the old request. */
import { tunnelDns } from '../../../shared/core/limits.ts';
import { UserError } from '../../../shared/users/errors.ts';
import { checkName, checkPassword, usersMax } from '../../../shared/users/rules.ts';
import { Trouble } from '../trouble.ts';
import type { Login } from './chap-secrets.ts';
import type { Pieces } from './pieces.ts';
import { countAddresses } from './pptpd-conf.ts';
import { toBits, weakBits } from './strength.ts';

export interface OldRequest {
  id: string;
  isPersistent: boolean;
  /** Whether EC2 launches from it, or may again. */
  isOpen: boolean;
  /** Its limit, dollars an hour. */
  limit: string | null;
  type: string | null;
  imageId: string | null;
  /** Its server, if one lives. */
  serverId: string | null;
}

export interface Seen {
  /** What devices connect to. */
  name: string;
  protocols: string[];
  cap: number;
  users: string[];
  isOn: boolean;
  hasImage: boolean;
  request: OldRequest | null;
  /** Persistent requests that nobody has named. */
  others: OldRequest[];
  /** The image of the old server, if EC2 knows it, and whether it was baked as ours are. */
  image: { id: string; isOurs: boolean } | null;
}

export interface Adoption {
  adds: { user: string; password: string; remarks: string[] }[];
  /** Those who are users already, and stay as they are. */
  here: string[];
  /** Lines that nobody is taken from, each with what to do. */
  left: string[];
  /** What is different from now on. */
  notes: string[];
  /** An image of ours that is launched from now on, where none was. */
  launches: string | null;
  turnsOn: boolean;
  /** Whether a server has to serve all of them before anything old ends. */
  waits: boolean;
  cancels: string | null;
  ends: string | null;
}

/** Pure. Throws a Trouble if something has to be done first. */
export function toAdoption(pieces: Pieces, seen: Seen, endsServer: boolean): Adoption {
  checkFirst(seen, endsServer);
  const fresh = pieces.logins.filter(({ user }) => !seen.users.includes(user));
  const judged = fresh.map((login) => ({ login, why: whyUnusable(login) }));
  const taken = judged.filter(({ why }) => why === null).map(({ login }) => login);
  const room = usersMax - seen.users.length;
  const cancels = seen.request?.isOpen ? seen.request.id : null;
  const ends = (endsServer && seen.request?.serverId) || null;
  if (taken.length > room)
    throw new Trouble(
      `There is room for ${room} more users, and these are ${taken.length}: leave out those who are not needed.`,
    );
  return {
    adds: taken.map((login) => ({
      user: login.user,
      password: login.password,
      remarks: toRemarks(login),
    })),
    here: pieces.logins.map(({ user }) => user).filter((user) => seen.users.includes(user)),
    left: [
      ...judged.flatMap(({ login, why }) =>
        why === null ? [] : [`line ${login.line}, ${toQuoted(login.user)}: ${why}`],
      ),
      ...pieces.left.map(({ line, why }) => `line ${line}: ${why}`),
    ],
    notes: [...toNameNotes(pieces, seen), ...toNetNotes(pieces), ...toImageNotes(seen)],
    launches: toLaunched(seen),
    turnsOn: cancels !== null && !seen.isOn,
    // Whoever has turned the VPN off since needs no other server.
    waits: cancels !== null || (ends !== null && seen.isOn),
    cancels,
    ends,
  };
}

function toLaunched({ image, hasImage }: Seen): string | null {
  return image?.isOurs && !hasImage ? image.id : null;
}

function checkFirst(seen: Seen, endsServer: boolean): void {
  const { protocols, request, hasImage } = seen;
  if (!protocols.includes('pptp'))
    throw new Trouble(
      'PPTP is not among the protocols of this VPN, and these users log in by it: add it to protocols in perennial.yml, and do "vpn deploy".',
    );
  if (endsServer && !request) throw new Trouble('--end-server needs --request.');
  if (request && !request.isPersistent)
    throw new Trouble(
      `${request.id} is a one-time request, which launches nothing again: leave --request out.`,
    );
  if (request?.isOpen && !hasImage && !toLaunched(seen))
    throw new Trouble(
      'There is no image yet to launch the new server from: do "vpn bake" first, then this again.',
    );
}

/** Null if the login can go on as it is. */
function whyUnusable({ user, password }: Login): string | null {
  try {
    checkName(user);
    checkPassword(password);
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${error.says} Make a login for them with: vpn users add`;
  }
}

function toRemarks({ password, addresses, options }: Login): string[] {
  const bits = toBits(password);
  return [
    ...(bits < weakBits
      ? [`weak: ${password.length} characters, ${bits} bits at most; vpn rotate makes a better one`]
      : []),
    ...(addresses.length
      ? [`had ${addresses.map(toQuoted).join(', ')}, and gets any address now`]
      : []),
    ...(options.length ? ['had options of its own for pppd, which end'] : []),
  ];
}

function toNameNotes({ names }: Pieces, { name }: Seen): string[] {
  const others = names.filter(({ host }) => host !== name);
  if (!names.length)
    return [`Devices connect to ${name} from now on: whichever name they have now, tell them.`];
  if (others.length < names.length) return [`The name stays ${name}: devices need not be told.`];
  const zone = name.split('.').slice(1).join('.');
  return others.map(({ host, server }) =>
    host.endsWith(`.${zone}`)
      ? `Devices connect to ${toQuoted(host)} now. To keep it, put it as name into perennial.yml and do "vpn deploy" before this; else tell them ${name}.`
      : `Devices connect to ${toQuoted(host)} now, which ${server ? toQuoted(server) : 'another provider'} keeps: tell them ${name}, or make it an alias (CNAME) of that there.`,
  );
}

/** What clients of PPTP get from Perennial's servers (image/README.md). */
const ours = { net: '10.40.1.', range: '10.40.1.20-50', dns: tunnelDns };

function toNetNotes({ pptpd: { localip, remoteip }, dns }: Pieces): string[] {
  const count = remoteip === null ? null : countAddresses(remoteip);
  const isElsewhere = [localip, remoteip].some((one) => one !== null && !one.startsWith(ours.net));
  const isOther = dns.some((server) => !ours.dns.includes(server));
  return [
    ...(isElsewhere
      ? [
          `In the tunnel devices have ${ours.range} instead of ${toQuoted(remoteip ?? localip ?? '')}.`,
        ]
      : []),
    ...(count !== null && count > usersMax
      ? [`${usersMax} can be connected at a time, not ${count}.`]
      : []),
    ...(isOther
      ? [
          `Devices ask ${ours.dns.join(' and ')} for names instead of ${dns.map(toQuoted).join(', ')}.`,
        ]
      : []),
  ];
}

function toImageNotes({ image, request, others, cap }: Seen): string[] {
  const limit = Number(request?.limit);
  return [
    ...(image && !image.isOurs
      ? [
          `${image.id} has no agent of Perennial's: it is not launched any more, and its snapshot costs some cents a month. It has the passwords in it: once all is well, remove it with: aws ec2 deregister-image --image-id ${image.id}`,
        ]
      : []),
    ...(limit > 0 && limit !== cap
      ? [`The old limit for spot was $${limit} an hour; here cap in perennial.yml is $${cap}.`]
      : []),
    ...others.map(
      (one) =>
        `There is a persistent spot request ${toWords(one)}. If it is the old VPN's, name it: --request ${one.id}`,
    ),
  ];
}

/** `sir-1a2b3c4d (t1.micro at most $0.02 an hour, ami-0abc)`. */
export function toWords({ id, type, limit, imageId }: OldRequest): string {
  const price = limit === null ? [] : [`at most $${limit} an hour`];
  const of = [[type, ...price].filter(Boolean).join(' '), imageId].filter(Boolean);
  return of.length ? `${id} (${of.join(', ')})` : id;
}

const shownCharsMax = 40;

/** What stands in other people's files may have anything in it that a terminal would obey. */
export function toQuoted(text: string): string {
  const cut = text.length > shownCharsMax ? `${text.slice(0, shownCharsMax)}…` : text;
  if (/^[\w.@,/:+-]+$/.test(cut)) return cut;
  return JSON.stringify(cut).replace(/[^\x20-\x7e…]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
