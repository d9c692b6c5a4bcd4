/** server.conf: what is wrong is said in one message, and nothing but a whole configuration is taken. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { askPython } from './python.ts';

const script = `
from dataclasses import asdict
from server import conf

def read(text):
    try:
        found = conf.parse(text)
        return {key: str(value) for key, value in asdict(found).items()} | {'net': str(found.pptp_net)}
    except conf.Faulty as fault:
        return str(fault)

answer = [read(text) for text in asked]
`;

type Read = Record<string, string> | string;

const needed = ['vpn=home', 'region=us-east-1', 'protocols=pptp,wireguard'];
const parse = (texts: string[]) => askPython<Read[]>(script, texts);
const parseOne = (...lines: string[]) => parse([lines.join('\n')])[0];

test("what a launch template gives is enough, and the rest is the how-to's", () => {
  expect(parseOne(...needed)).toMatchObject({
    vpn: 'home',
    region: 'us-east-1',
    protocols: "('pptp', 'wireguard')",
    source: 'parameters',
    pptp_address: '10.40.1.1',
    net: '10.40.1.0/24',
    wireguard_net: '10.40.2.0/24',
    wireguard_port: '51820',
    clients_see_each_other: 'False',
    reports: 'state/servers',
    imds: 'http://169.254.169.254',
  });
});

test('everything can be otherwise', () => {
  const lines = [
    '# At home',
    '',
    ' source = file ',
    'protocols=wireguard',
    'dns=9.9.9.9',
    'pptp_address=192.168.77.1',
    'pptp_clients=192.168.77.100-130',
    'wireguard_net=172.20.0.0/20',
    'wireguard_port=443',
    'clients_see_each_other=yes',
    'reports=bake/canaries',
  ];
  expect(parseOne(...lines)).toMatchObject({
    source: 'file',
    protocols: "('wireguard',)",
    dns: "(IPv4Address('9.9.9.9'),)",
    net: '192.168.77.0/24',
    wireguard_net: '172.20.0.0/20',
    wireguard_port: '443',
    reports: 'bake/canaries',
    clients_see_each_other: 'True',
  });
});

const wrong: [string, string][] = [
  ['vpn=Home', 'vpn=Home: not the name of a VPN.'],
  ['vpn=a/../b', 'vpn=a/../b: not the name of a VPN.'],
  ['region=us-east', 'region=us-east: not a region of AWS.'],
  ['protocols=', 'protocols=: not of pptp, wireguard: .'],
  ['protocols=pptp,l2tp', 'protocols=pptp,l2tp: not of pptp, wireguard: l2tp.'],
  ['protocols=pptp,pptp', 'protocols=pptp,pptp: the same twice.'],
  ['source=s3', 'source=s3: neither parameters nor file.'],
  ['dns=8.8.8.8,8.8.4.4,1.1.1.1', 'dns=8.8.8.8,8.8.4.4,1.1.1.1: at most two servers.'],
  ['dns=dns.google', 'dns=dns.google: not an IPv4 address.'],
  ['pptp_address=8.8.8.8', 'pptp_address=8.8.8.8: not a private address.'],
  ['pptp_address=169.254.169.254', 'pptp_address=169.254.169.254: not a private address.'],
  ['pptp_address=10.40.1.0', 'pptp_address=10.40.1.0: not the address of a host.'],
  ['pptp_clients=10.40.1.20', 'pptp_clients=10.40.1.20: not a range like 10.40.1.20-50.'],
  ['pptp_clients=10.40.1.20-255', 'pptp_clients=10.40.1.20-255: not a range like 10.40.1.20-50.'],
  ['pptp_clients=10.40.1.50-20', 'pptp_clients=10.40.1.50-20: it ends before it begins.'],
  ['pptp_clients=10.40.9.20-50', 'pptp_clients=10.40.9.20-50: not in 10.40.1.0/24.'],
  ['pptp_clients=10.40.1.1-50', "pptp_clients: they include the server's own 10.40.1.1."],
  ['wireguard_net=10.40.2.1/24', 'wireguard_net=10.40.2.1/24: not a net like 10.40.2.0/24.'],
  ['wireguard_net=10.0.0.0/8', 'wireguard_net=10.0.0.0/8: not a private net between /16 and /30.'],
  ['wireguard_net=10.40.0.0/16', '10.40.1.0/24 and 10.40.0.0/16 overlap.'],
  ['wireguard_port=0', 'wireguard_port=0: not a port.'],
  ['wireguard_port=70000', 'wireguard_port=70000: not a port.'],
  ['clients_see_each_other=true', 'clients_see_each_other=true: neither yes nor no.'],
  ['reports=state/desired', 'reports=state/desired: neither state/servers nor bake/canaries.'],
  ['endpoint_ssm=file:///etc', 'endpoint_ssm=file:///etc: not a URL without a path.'],
  ['imds=http://x/y', 'imds=http://x/y: not a URL without a path.'],
  ['colour=red', 'Line 1: there is no key colour.'],
  ['just words', 'Line 1 is not key=value.'],
];

test('each fault has its sentence', () => {
  const texts = wrong.map(([line]) => {
    const key = line.split('=')[0];
    return [line, ...needed.filter((other) => !other.startsWith(`${key}=`))].join('\n');
  });
  expect(parse(texts)).toEqual(wrong.map(([, sentence]) => sentence));
});

test('all of them come at once, and what is missing and what is there twice too', () => {
  expect(parseOne('vpn=home', 'vpn=home', 'wireguard_port=x', 'dns=y')).toBe(
    'Line 2: vpn stands there twice. wireguard_port=x: not a port. dns=y: not an IPv4 address. ' +
      'region is missing. protocols is missing.',
  );
});

test('no text surprises it', () => {
  const keys = fc.constantFrom('vpn', 'region', 'dns', 'pptp_address', 'pptp_clients', 'imds', 'x');
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom(...'0123456789./-,:'.split('')) }),
    fc.ipV4(),
    fc.ipV6(),
  );
  const line = fc.tuple(keys, value).map(([key, text]) => `${key}=${text}`);
  const text = fc.array(line, { maxLength: 6 }).map((lines) => [...needed, ...lines].join('\n'));
  for (const read of parse(fc.sample(text, 500)))
    expect(typeof read === 'string' ? read : read.vpn).toMatch(/\.$|^home$/);
});
