/** moto, an AWS that is not ours, keeps the ports' promises too: where it does not, it says so by name. */
import { RegisterImageCommand } from '@aws-sdk/client-ec2';
import { afterAll, inject } from 'vitest';
import { must } from '../../shared/adapters/answers.ts';
import { toClients } from '../../shared/adapters/clients.ts';
import { describeBakes } from '../contract/bakes.ts';
import { type Bench, describePorts, type KnownWrong } from '../contract/suite.ts';
import { startMoto } from './moto.ts';

const moto = await startMoto(inject('peersBin'));
const { url } = moto;

/** What moto 5.2.5 does otherwise than AWS. */
const wrong: KnownWrong = {
  'are launched once, however often the same is asked':
    'it launches anew for a token that it knows',
  'are refused when a token comes back with other parameters': 'it does not remember tokens',
  'are refused on spot below the price': 'any limit is high enough for it',
  'are refused where there is no capacity': 'its capacity has no end, and nobody can take it away',
  'are refused for a launch template that is not there':
    'it breaks, with HTTP 500 and a page of HTML',
  'have the price of now, not that of before': 'its spot price is $0.00001, always and everywhere',
  'have the peak of the last hour': 'its spot price is $0.00001, always and everywhere',
  'are kept as a secret that only decryption tells': 'what is sealed says "kms:" and the secret',
  'that are gone do not come back by a rotation': 'it makes them anew, of no type at all',
  'is refused while Systems Manager does not know the server': 'it sends commands to anybody',
  'move on from one server to the next':
    'the server before it goes on showing the address as its own',
  'stay when their server ends, and nobody has them': 'they stay with the server that has ended',
  'takes nothing but an IPv4 address': 'it keeps whatever text a record is given',
};

const noTags = "it breaks on tags of an image's snapshot";
const wrongInBaking: KnownWrong = {
  'a machine is launched once, however often it is asked for':
    'it launches anew for a token that it knows',
  'an image becomes available, with a snapshot of its run': noTags,
  'an image is made once, however often it is asked for': noTags,
  'a snapshot stays while there is an image of it': noTags,
  'an image goes, and then its snapshot; either may be removed twice': noTags,
  "Debian's image is found for either architecture": 'it has no parameters of others than Amazon',
};

afterAll(moto.stop);

describePorts('moto', start, wrong);
describeBakes('moto', start, wrongInBaking);

async function start(): Promise<Bench> {
  await moto.reset();
  const endpoints = { ec2: url, ssm: url, route53: url };
  const credentials = { accessKeyId: 'moto', secretAccessKey: 'moto' };
  const clients = toClients({ region: 'us-east-1', endpoints }, { credentials });
  const { ImageId } = await clients.ec2.send(
    new RegisterImageCommand({ Name: 'ours', RootDeviceName: '/dev/xvda' }),
  );
  return { clients, imageId: must(ImageId, 'ImageId'), now: Date.now, settle: () => {} };
}
