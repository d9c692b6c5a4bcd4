/** A request of the dyndns2 protocol, read from API Gateway's event. Total: odd input has a word of the protocol. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Address, toAddress } from './address.ts';
import { type Login, toLogin } from './login.ts';
import type { Refused } from './reply.ts';

/** What its names shall point to. */
type Wish =
  | { kind: 'addresses'; addresses: Address[] }
  | { kind: 'park' }
  | { kind: 'unreadable'; why: string };

export interface Update {
  kind: 'update';
  login: Login;
  /** In small letters, in the order asked; not all of them need be names. */
  hosts: string[];
  wish: Wish;
  /** Where the request comes from; an IPv6 client has its whole network, of which this is the prefix. */
  from: string;
}

export interface Refusal {
  kind: 'refused';
  word: Refused;
  why: string;
}

/** Dyn's own limit. */
const hostsMax = 20;

/** More than any real request has: twenty names of the longest kind are 5 kB. */
const parametersCharsMax = 8_192;

export function toAsked(event: APIGatewayProxyEventV2): Update | Refusal {
  const { method, sourceIp } = event.requestContext.http;
  if (method !== 'GET' && method !== 'POST') return refuse('badagent', 'neither GET nor POST');
  const login = toLogin(event.headers.authorization);
  if (!login) return refuse('badauth', 'no readable user and password');
  const parameters = toParameters(event);
  if (!parameters) return refuse('badagent', 'more parameters than anybody needs');
  const hosts = toItems(parameters, 'hostname').map(toHost);
  if (hosts.length === 0) return refuse('notfqdn', 'no host name');
  if (hosts.length > hostsMax) return refuse('numhost', `more than ${hostsMax} host names`);
  const source = toAddress(sourceIp);
  const wish = toWish(parameters, source);
  return { kind: 'update', login, hosts, wish, from: toNetwork(source) };
}

function refuse(word: Refused, why: string): Refusal {
  return { kind: 'refused', word, why };
}

/** Names are the same in capitals, and with the root's dot at their end. */
function toHost(item: string): string {
  return item.toLowerCase().replace(/\.$/, '');
}

/** Those of the query and, in a POST, those of the form. */
function toParameters({ rawQueryString, body, isBase64Encoded }: APIGatewayProxyEventV2) {
  const form = isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString() : (body ?? '');
  const text = `${rawQueryString}&${form}`;
  return text.length > parametersCharsMax ? null : new URLSearchParams(text);
}

/** A parameter that is there twice counts like one with a comma in it. */
function toItems(parameters: URLSearchParams, name: string): string[] {
  const items = parameters.getAll(name).flatMap((value) => value.split(','));
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

function toWish(parameters: URLSearchParams, source: Address | null): Wish {
  if (parameters.get('offline')?.toLowerCase() === 'yes') return { kind: 'park' };
  const items = [...toItems(parameters, 'myip'), ...toItems(parameters, 'myipv6')];
  const given = items.filter((item) => !isPrefix(item));
  // A client that names no address means the one that it is seen to have.
  const found = given.length > 0 ? given.map(toAddress) : [source];
  const addresses = found.filter((address) => address !== null);
  if (addresses.length < found.length) return { kind: 'unreadable', why: 'no IP address' };
  const distinct = new Map(addresses.map((address) => [address.value, address]));
  const types = new Set(addresses.map(({ type }) => type));
  if (types.size < distinct.size)
    return { kind: 'unreadable', why: 'two addresses of the same kind' };
  return { kind: 'addresses', addresses: [...distinct.values()] };
}

/** FRITZ!Box may send its network's prefix, like 2001:db8::/64, beside its address. */
function isPrefix(item: string): boolean {
  return /^[0-9a-f:]+\/\d{1,3}$/i.test(item);
}

/** Who has one IPv6 address has the 2^64 around it too. */
function toNetwork(source: Address | null): string {
  if (!source) return 'unknown';
  return source.type === 'A'
    ? source.value
    : `${toGroups(source.value).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an address that may be shortened by `::`. */
function toGroups(value: string): string[] {
  const [head = [], tail = []] = value.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail];
}
