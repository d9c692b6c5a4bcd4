/** The whole system on this machine, with no AWS account: follows it live until ^C. */
import { parseArgs, styleText } from 'node:util';
import { type LocalAws, startLocalAws } from '../local/aws.ts';
import { makeToken, setPower, worldPrefix } from '../local/world-route.ts';
import { toLocalState } from './local-state.ts';
import { packageDir } from './package-dir.ts';
import { follow, toLineText, toNumber } from './story.ts';
import { removeLocalState, writeLocalState } from './vpn/places.ts';

const help = `Runs the whole system on an AWS played on this machine: EC2, Parameter Store, Route 53 and EventBridge on a
loopback address, and the functions as they would be deployed. Ends with ^C.

  npm start -- [--port N] [--speed N] [--seed N] [--days N] [--off]

  --port N    where AWS listens, and API Gateway at the next one (default 4566; 0 takes free ones)
  --speed N   seconds of the played world in a real one (default 1)
  --seed N    chance: how long boots take, which ids there are (default 1)
  --days N    so many days of the VPN's life have been before (default 7; 0 begins with nothing)
  --off       turns the VPN off`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4566' },
      speed: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      days: { type: 'string', default: '7' },
      off: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(help);
  const aws = await startLocalAws({
    packageDir,
    port: toNumber('port', values.port, 0, 65_535),
    speed: toNumber('speed', values.speed, 1, 60),
    seed: toNumber('seed', values.seed, 0, 2 ** 31),
    pastDays: toNumber('days', values.days, 0, 30),
    onLog: (line) => {
      if (/"level":"error"|^local:/.test(line)) console.error(styleText('red', line));
    },
    onFailed: ({ responsePayload }) =>
      console.error(styleText('red', `failed for good: ${responsePayload.errorMessage}`)),
  });
  const token = aws.pump.change(() => makeToken(aws.world, aws.config));
  const state = toLocalState(aws, token);
  writeLocalState(state, process.env);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    removeLocalState(state, process.env);
    void aws.stop();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  console.log(toWelcome(aws, token));
  const from = aws.world.timers.now;
  follow(aws, (line) => console.log(toLineText(line, from)));
  aws.pump.change(() => setPower(aws.world, aws.config, values.off ? 'off' : 'on'));
}

function toWelcome(aws: LocalAws, token: string): string {
  const { url } = aws.door;
  const { name } = aws.config;
  const [host, port] = aws.dns.address.split(':');
  const post = (what: string, body: string) =>
    `  curl -H 'content-type: application/json' -d '${body}' ${url}${worldPrefix}${what}`;
  return `
AWS is at ${url} for any AWS client:
  AWS_ENDPOINT_URL=${url} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \\
    aws ec2 describe-instances
Its name servers answer there too: dig @${host} -p ${port} ${name}
The dashboard and the HTTP API are at ${aws.api.url}, and their token is ${token}
  npx vpn --local status
  npx vpn --local doctor
The played world is at ${url}${worldPrefix}: see it with curl, and make trouble:
${post('interrupt', '{"noticeSeconds": 120}')}
${post('price', '{"perHour": 0.0078}')}
${post('silence', '{}')}
${post('capacity', '{"market": "spot", "there": false}')}
${post('power', '{"power": "off"}')}
${name} is the VPN's name; ^C ends it all.
`;
}

await main().catch((error: NodeJS.ErrnoException) => {
  const taken = error.code === 'EADDRINUSE' ? '; choose another with: npm start -- --port 0' : '';
  console.error(`start: ${error.message}${taken}`);
  process.exitCode = 2;
});
