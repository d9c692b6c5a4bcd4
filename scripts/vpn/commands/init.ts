/** `vpn init`: asks what the VPN is to be, shows what that costs, and writes perennial.yml. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Option } from 'commander';
import { type Asking, toAsking } from '../asking.ts';
import type { Options } from '../aws.ts';
import type { Command, Context, Given } from '../command.ts';
import { toEstimate, toEstimateText } from '../init/estimate.ts';
import { type Answers, toFile } from '../init/file.ts';
import { findZoneOf, readPrices, readZones, type Zone } from '../init/region.ts';
import { keepWebhook, readWebhook } from '../init/slack.ts';
import { toSettingsFaults, usualConfigFile } from '../settings.ts';
import { toSentence, Usage } from '../trouble.ts';

const usualRegion = 'us-east-1';
const usualTypes = 't3.nano,t3a.nano,t3.micro';

export const init: Command = {
  name: 'init',
  summary: 'Asks what the VPN is to be, shows what it costs, and writes perennial.yml',
  options: [
    new Option('--vpn <vpn>', "the VPN's own name").default('home'),
    new Option('--region <region>', 'where it runs'),
    new Option('--name <name>', 'the DNS name that people connect to'),
    new Option('--zone <id>', 'its hosted zone in Route 53'),
    new Option('--cap <dollars>', 'the most that spot may cost an hour'),
    new Option('--types <types>', 'what may serve, with commas').default(usualTypes),
    new Option('--protocols <protocols>', 'pptp, wireguard or both, with a comma'),
    new Option('--slack-file <file>', 'where the URL of the Slack webhook is; - for stdin'),
    new Option('--yes', 'write over a perennial.yml that is there'),
  ],
  examples: [
    ['init', 'asks'],
    ['init --name vpn.example.org --region eu-central-1', 'asks for the rest'],
  ],
  async run(context, given) {
    const { screen, reach, signal } = context;
    const asking = toAsking(signal);
    const file = reach.config ?? usualConfigFile;
    const region = given.text('region') ?? (await askRegion(context, asking));
    const { toOptions } = await import('../aws.ts');
    const options = toOptions(context, region);
    const zones = await listZones(context, options);
    const { name, zoneId } = await askName(given, asking, zones);
    if (asking.missing.length) throw new Usage(`Say ${asking.missing.join(', ')}.`);
    const types = (given.text('types') ?? usualTypes).split(',');
    const prices = await screen.during(`Asking what ${types.join(', ')} cost in ${region}`, () =>
      readPrices(options, types),
    );
    const cheapest = Math.min(...prices.map(({ onDemand }) => onDemand));
    const answers: Answers = {
      vpn: given.text('vpn') ?? 'home',
      region,
      name: name.toLowerCase().replace(/\.$/, ''),
      zoneId,
      cap:
        given.text('cap') ??
        (await asking.text(
          '--cap',
          'The most that spot may cost, dollars an hour',
          String(cheapest),
        )),
      protocols: given.text('protocols')?.split(',') ?? (await askProtocols(asking)),
      types: prices,
    };
    const text = toFile(answers);
    const faults = toSettingsFaults(text, !reach.local);
    if (faults.length) throw new Usage(['That can not be deployed:', ...faults].join('\n  '));
    const estimate = toEstimate(prices, Number(answers.cap));
    screen.note(toEstimateText(prices, estimate, region));
    const webhook = await readWebhook(given.text('slackFile'), asking);
    if (existsSync(file) && readFileSync(file, 'utf8') !== text && !given.flag('yes'))
      await asking.agree('--yes', `${file} is there already. Write over it?`);
    else if (asking.isThere && !given.flag('yes')) await asking.agree('--yes', `Write ${file}?`);
    writeFileSync(file, text);
    if (webhook) await keepWebhook(options, answers.vpn, webhook);
    screen.show({ file, ...answers, estimate }, `${file} is written. Next: vpn deploy.`);
    return undefined;
  },
};

function askRegion({ env }: Context, asking: Asking): Promise<string> {
  const usual = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? usualRegion;
  return asking.text('--region', 'Region', usual);
}

/** Whoever has no credentials yet can still say which zone it is. */
async function listZones({ screen }: Context, options: Options): Promise<Zone[]> {
  try {
    return await screen.during('Listing hosted zones', () => readZones(options));
  } catch (error) {
    screen.note(`The hosted zones are not known: ${toSentence(error)}`);
    return [];
  }
}

async function askName(given: Given, asking: Asking, zones: Zone[]) {
  const zoneGiven = zones.find(({ id }) => id === given.text('zone'));
  const [first] = zoneGiven ? [zoneGiven] : zones;
  const usual = first && asking.isThere ? `vpn.${first.name}` : undefined;
  const name =
    given.text('name') ?? (await asking.text('--name', 'The name that people connect to', usual));
  const zoneId = given.text('zone') ?? findZoneOf(zones, name)?.id;
  if (zoneId) return { name, zoneId };
  const choices = zones.map((zone) => ({ name: `${zone.name} (${zone.id})`, value: zone.id }));
  const question = 'Its hosted zone in Route 53';
  return {
    name,
    zoneId: choices.length
      ? await asking.choose('--zone', question, choices)
      : await asking.text('--zone', `${question}, like Z0123ABC`),
  };
}

function askProtocols(asking: Asking): Promise<string[]> {
  return asking.some('Protocols', [
    { name: 'WireGuard: strong and fast, on every system of today', value: 'wireguard' },
    { name: 'PPTP: weak, for old systems that speak nothing better', value: 'pptp' },
  ]);
}
