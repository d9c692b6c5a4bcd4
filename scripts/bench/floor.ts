/** What a cold start can't be faster than: the loop's five questions, signed by hand, asked without the SDK. */
import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';

interface Question {
  service: 'ec2' | 'ssm' | 'route53';
  method: 'GET' | 'POST';
  /** With its query already encoded and sorted. */
  path: string;
  headers: Record<string, string>;
  body: string;
}

const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const json = { 'content-type': 'application/x-amz-json-1.1' };
const agent = new Agent({ keepAlive: true });

const questions: Question[] = [
  toEc2('DescribeInstances', 'Filter.1.Name=tag%3Aperennial%3Avpn&Filter.1.Value.1=home'),
  toEc2('DescribeSpotPriceHistory', 'InstanceType.1=t3.nano&ProductDescription.1=Linux%2FUNIX'),
  {
    service: 'ssm',
    method: 'POST',
    path: '/',
    headers: { ...json, 'x-amz-target': 'AmazonSSM.GetParametersByPath' },
    body: '{"Path":"/perennial/home/state","Recursive":true}',
  },
  {
    service: 'ssm',
    method: 'POST',
    path: '/',
    headers: { ...json, 'x-amz-target': 'AmazonSSM.DescribeParameters' },
    body: '{"ParameterFilters":[{"Key":"Path","Option":"OneLevel","Values":["/perennial/home/users","/perennial/home/keys"]}]}',
  },
  {
    service: 'route53',
    method: 'GET',
    path: '/2013-04-01/hostedzone/Z0123ABC/rrset?maxitems=1&name=vpn.example.org&type=A',
    headers: {},
    body: '',
  },
];

/** Asks all five side by side, as the loop does, and reads the answers no further than to text. */
export async function handler(): Promise<{ bytes: number }> {
  const answers = await Promise.all(questions.map((question) => send(sign(question))));
  return { bytes: answers.join('').length };
}

function toEc2(action: string, rest: string): Question {
  const body = `Action=${action}&Version=2016-11-15&${rest}`;
  return { service: 'ec2', method: 'POST', path: '/', headers: form, body };
}

/** Signature Version 4. */
function sign({ service, method, path, headers, body }: Question): Question {
  const env = process.env;
  const at = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const day = at.slice(0, 8);
  const all: Record<string, string> = {
    ...headers,
    host: new URL(env.AWS_ENDPOINT_URL ?? '').host,
    'x-amz-date': at,
    'x-amz-security-token': env.AWS_SESSION_TOKEN ?? '',
  };
  const names = Object.keys(all).sort();
  const [pathname = '', query = ''] = path.split('?');
  const lines = names.map((name) => `${name}:${all[name]}\n`).join('');
  const canonical = [method, pathname, query, lines, names.join(';'), sha256(body)].join('\n');
  const scope = [day, env.AWS_REGION ?? '', service, 'aws4_request'];
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${env.AWS_SECRET_ACCESS_KEY}`);
  const text = ['AWS4-HMAC-SHA256', at, scope.join('/'), sha256(canonical)].join('\n');
  const credential = `${env.AWS_ACCESS_KEY_ID}/${scope.join('/')}`;
  all.authorization =
    `AWS4-HMAC-SHA256 Credential=${credential}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${hmac(key, text).toString('hex')}`;
  return { service, method, path, headers: all, body };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function send({ method, path, headers, body }: Question): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent };
    const sent = request(`${process.env.AWS_ENDPOINT_URL}${path}`, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
