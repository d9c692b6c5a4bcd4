/** Dynamic DNS's Lambda: a request of the dyndns2 protocol in, the protocol's words out. */
import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { spoken } from '../shared/dyndns/reply.ts';
import { toAsked } from '../shared/dyndns/request.ts';
import { update } from '../shared/dyndns/update.ts';
import { wireDyndns } from '../shared/dyndns/wire.ts';
import { logged } from '../shared/log.ts';

const { homes, ports } = wireDyndns(process.env);

export const handler = middy<APIGatewayProxyEventV2>()
  .use(spoken)
  .use(logged())
  .handler((event) => update(ports, homes, toAsked(event)));
