/** Calls every port once and prints what each answered or threw: bundled or not, it must print the same. */
import { emptyMemory } from '../../shared/core/memory.ts';
import { wire } from '../../shared/wire.ts';

const { ports } = wire(process.env);
const pool = { type: 't3.nano', zone: 'us-east-1a' };
const launch = {
  token: 'perennial-home-1-0',
  generation: 1,
  market: 'spot' as const,
  pool,
  imageId: 'ami-0123456789abcdef0',
  maxPrice: 0.003,
};

const user = {
  password: 'correct-horse',
  presharedKey: null,
  publicKey: null,
  address: null,
  old: null,
  ownKey: false,
  rotatedAt: 0,
  expiresAt: null,
};

const calls: Record<string, () => Promise<unknown>> = {
  list: () => ports.servers.list(),
  launch: () => ports.servers.launch(launch),
  terminate: () => ports.servers.terminate('i-0123456789abcdef0'),
  prices: () => ports.servers.prices(['t3.nano'], Date.UTC(2026, 10, 22)),
  read: () => ports.state.read(),
  readJournal: () => ports.state.readJournal(2),
  writeJournal: () => ports.state.writeJournal({ memory: emptyMemory, entries: [] }),
  forget: () => ports.state.forget('i-0123456789abcdef0'),
  listSecrets: () => ports.secrets.list(),
  replaceSecret: () => ports.secrets.replace('ann', user),
  applySecrets: () => ports.commands.applySecrets('i-0123456789abcdef0'),
  readName: () => ports.name.read(),
  point: () => ports.name.point('203.0.113.8'),
};

async function main(): Promise<void> {
  const answers: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(calls))
    answers[name] = await call().catch(({ name, message, $fault }) => ({ name, message, $fault }));
  console.log(JSON.stringify(answers));
  // Kept connections would hold the process.
  process.exit();
}

void main();
