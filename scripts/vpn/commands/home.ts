/** `vpn home`: who may move the names of homes, by dynamic DNS. It takes AWS credentials: the API cannot do it. */
import { randomBytes } from 'node:crypto';
import { Option } from 'commander';
import type { Login } from '../../../shared/dyndns/login.ts';
import type { Command, Context, Given } from '../command.ts';
import { writePrivate } from '../places.ts';
import { findApi } from '../stack.ts';
import { Trouble, Usage } from '../trouble.ts';
import { type HomeClient, homeClients } from '../words/home.ts';
import { toPairs, toTable } from '../words/table.ts';

/** The SDK takes time to load. */
async function open(context: Context) {
  const [{ toAws }, { toHosts }, hosts, { readDyndnsSettings }] = await Promise.all([
    import('../aws.ts'),
    import('../../../shared/adapters/dyndns.ts'),
    import('../../../shared/dyndns/hosts.ts'),
    import('../settings.ts'),
  ]);
  const aws = toAws(context);
  const store = toHosts(aws.clients, aws.settings.policy);
  return { aws, store, ...hosts, homes: readDyndnsSettings(context.reach.config).homes };
}

export const home: Command = {
  name: 'home',
  summary: 'Names of homes, and who may move them by dynamic DNS',
  examples: [['home', 'without their passwords']],
  async run(context) {
    const { screen } = context;
    const all = await screen.during('Listing homes', async () => {
      const { store, homes, listHosts } = await open(context);
      const known = await listHosts(store);
      const others = known.filter(({ host }) => !homes.includes(host));
      const named = homes.map((name) => ({
        host: name,
        ...known.find((one) => one.host === name),
      }));
      return [...named, ...others].map(({ host, user = null, v6 = null, allow = [] }) => {
        return { host, user, v6, allow, named: homes.includes(host) };
      });
    });
    const rows = all.map(({ host, user, v6, allow, named }) => [
      host,
      user ?? 'nobody yet',
      [...(v6 === false ? ['IPv4 only'] : []), ...allow].join(', '),
      named ? '' : 'not in perennial.yml: it moves nothing',
    ]);
    const none = 'No home is named: write "home: home.example.org" into perennial.yml, and deploy.';
    screen.show(all, rows.length ? toTable(['name', 'moved by', 'allowed', ''], rows) : none);
    return undefined;
  },
};

export const addHome: Command = {
  name: 'home add',
  summary:
    'Makes the login that moves these names, and shows it, once; the one before counts no more',
  takes: ['<names...>'],
  options: [
    new Option('--for <client>', 'as the configuration of that client').choices(
      Object.keys(homeClients),
    ),
    new Option('--out <file>', 'into a file, readable only by you'),
    new Option('--user <user>', 'what to log in as; else the first name without its domain'),
    new Option('--no-ipv6', "the names' IPv6 addresses are left alone"),
    new Option('--private', 'they may point to private addresses too'),
  ],
  examples: [
    ['home add home.example.org', 'for a router: docs/dyndns.md says what to enter there'],
    ['home add home.example.org cabin.example.org --for ddclient --out ddclient.conf', 'for both'],
  ],
  async run(context, given) {
    const client = given.text('for') as HomeClient | undefined;
    const out = given.text('out');
    if (out && !client) throw new Usage('--out needs --for.');
    const hosts = (given.args(0) ?? []).map((name) => name.toLowerCase());
    const { screen } = context;
    const made = await screen.during('Making the login', () => make(context, hosts, given));
    const conf = client && homeClients[client](made);
    if (out && conf) write(out, conf, hosts);
    const { user, password } = made.login;
    const told = {
      hosts,
      server: made.server,
      user,
      ...(!out && { password }),
      ...(out && { out }),
    };
    if (out) screen.show(told, `Written, readable only by you: ${out}`);
    else screen.show(conf ? { ...told, conf } : told, conf ?? toText(made));
    return undefined;
  },
};

async function make(context: Context, hosts: string[], given: Given) {
  const { aws, store, homes, addHosts } = await open(context);
  const foreign = hosts.filter((host) => !homes.includes(host));
  if (foreign.length)
    throw new Trouble(
      `${foreign.join(', ')}: not among the homes of perennial.yml. Write "home: ${[...homes, ...foreign].join(',')}" into it, do "vpn deploy", and then this again.`,
    );
  // Before anything is made: without the stack nobody could use it.
  const server = new URL(await findApi(context, aws)).host;
  const user = given.text('user');
  const login: Login = await addHosts(store, randomBytes, {
    hosts,
    v6: given.flag('ipv6'),
    allow: given.flag('private') ? ['private'] : [],
    ...(user && { user: checkUser(user) }),
  });
  return { login, hosts, server };
}

function checkUser(user: string): string {
  if (/^[A-Za-z0-9._@-]{1,64}$/.test(user)) return user;
  throw new Usage('A user is 1 to 64 letters, digits and . _ @ -');
}

function write(path: string, conf: string, hosts: string[]): void {
  try {
    writePrivate(path, conf);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Trouble(
      `${path} can't be written (${code}). Make another login: vpn home add ${hosts.join(' ')}`,
    );
  }
}

function toText({
  login,
  hosts,
  server,
}: {
  login: Login;
  hosts: string[];
  server: string;
}): string {
  const pairs = toPairs([
    ['names', hosts.join(', ')],
    ['server', server],
    ['user', login.user],
    ['password', login.password],
  ]);
  return `${pairs}\nKeep it: it is not shown again. docs/dyndns.md says what to enter where.`;
}

export const removeHome: Command = {
  name: 'home remove',
  summary: 'Takes the login of a name away, which stays where it points',
  takes: ['<name>'],
  examples: [['home remove home.example.org', 'its client is told badauth from then on']],
  async run(context, given) {
    const host = (given.arg(0) ?? '').toLowerCase();
    const removed = await context.screen.during('Removing the login', async () => {
      const { store, removeHost } = await open(context);
      return removeHost(store, host);
    });
    if (!removed) throw new Trouble(`${host} has no login; "vpn home" says which name has one.`);
    context.screen.show({ removed: host }, `Nobody moves ${host} any more.`);
    return undefined;
  },
};
