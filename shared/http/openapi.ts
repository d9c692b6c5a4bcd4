/** The contract of the HTTP API: an OpenAPI 3.1 document, served at /openapi.json and checked by the tests. */
import {
  act,
  always,
  answer,
  body,
  conflict,
  noUser,
  open,
  query,
  read,
  refuse,
  shown,
  signed,
  toUserLinks,
  user,
  withBody,
} from './openapi/operations.ts';
import { refusals } from './openapi/refusals.ts';
import { schemas, time } from './openapi/schemas.ts';
import { ref } from './openapi/shapes.ts';

export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'Perennial',
    version: '1',
    description:
      'A personal VPN that grows back. People change what is desired; a loop does the rest.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  security: [{ bearer: [] }],
  paths: {
    '/status': {
      get: read('getStatus', 'How it is, and what the loop is about to do', 'Status', {
        parameters: [
          query(
            'wait',
            { type: 'integer', minimum: 0, maximum: 20 },
            'Waits for up to so many seconds until what is wanted is true: it serves, or is off.',
          ),
        ],
      }),
    },
    '/start': { post: act('start', 'Turns it on', 'Start', { 202: answer('Status', 'Wanted.') }) },
    '/stop': { post: act('stop', 'Turns it off', 'Stop', { 202: answer('Status', 'Wanted.') }) },
    '/drill': {
      post: act(
        'drill',
        'Has the loop replace the current server on purpose, and measure it',
        null,
        { 202: answer('Status', 'Wanted.'), ...conflict },
      ),
    },
    '/schedule': {
      get: read('getSchedule', 'When it is on by itself', 'Schedule', {
        more: { 404: refuse('NoSchedule') },
      }),
      put: {
        operationId: 'putSchedule',
        summary: 'Sets when it is on by itself',
        requestBody: body('Schedule', true),
        responses: { 200: answer('Schedule', 'It holds from now on.'), ...always, ...withBody },
      },
      delete: {
        operationId: 'deleteSchedule',
        summary: 'Leaves power to people',
        responses: { 204: { description: 'There is no schedule now.' }, ...always },
      },
    },
    '/users': {
      get: read('getUsers', 'Who may connect', 'Users'),
      post: act(
        'addUser',
        'Adds a user; the answer shows the secrets, once',
        'NewUser',
        {
          201: {
            ...shown('Shown', { Location: { schema: { type: 'string' }, required: true } }),
            links: toUserLinks(['rotateUser', 'removeUser', 'getProfile']),
          },
          ...conflict,
        },
        true,
      ),
    },
    '/users/{user}': {
      parameters: [user],
      delete: {
        operationId: 'removeUser',
        summary: 'Removes a user, whose connections then end',
        responses: { 204: { description: 'The user is gone.' }, ...noUser, ...always },
      },
    },
    '/users/{user}/rotate': {
      parameters: [user],
      post: act('rotateUser', "Makes a user's secrets anew, and shows them once", 'Rotate', {
        200: shown('Shown'),
        ...noUser,
        ...conflict,
      }),
    },
    '/users/{user}/profile': {
      parameters: [user],
      get: read('getProfile', 'What a user needs on a system, secrets included', 'Profile', {
        parameters: [
          {
            ...query(
              'for',
              { enum: ['windows', 'macos', 'ios', 'android', 'ubuntu', 'router', 'wireguard'] },
              'The system.',
            ),
            required: true,
          },
          query(
            'killSwitch',
            { type: 'boolean', default: false },
            'Whether nothing may leave beside the tunnel, where the system can see to that.',
          ),
        ],
        more: noUser,
      }),
    },
    '/rotate': {
      post: act('rotateAll', "Makes all users' secrets anew, and shows them once", 'Rotate', {
        200: shown('AllShown'),
        ...conflict,
      }),
    },
    '/prices': {
      get: read(
        'getPrices',
        'Spot prices beside the cap and on demand, and where we moved',
        'Prices',
        {
          parameters: [
            query(
              'hours',
              { type: 'integer', minimum: 1, maximum: 168, default: 24 },
              'How far back.',
            ),
          ],
        },
      ),
    },
    '/journal': {
      get: read('getJournal', 'What happened and was done, with reasons, newest first', 'Journal', {
        parameters: [query('before', time, 'Only what is older.')],
      }),
    },
    '/ledger': {
      get: read('getLedger', "A month's cost", 'Ledger', {
        parameters: [
          query(
            'month',
            { type: 'string', pattern: '^20\\d\\d-(0[1-9]|1[0-2])$' },
            'Without it, the running month.',
          ),
        ],
        more: { 404: refuse('NoLedger') },
      }),
    },
    '/slack/command': {
      post: {
        operationId: 'slackCommand',
        summary:
          'What somebody types in Slack behind /vpn; Slack signs it with the secret of its app',
        security: [{ slack: [] }],
        parameters: [
          signed('X-Slack-Signature', '^v0=[0-9a-f]{64}$'),
          signed('X-Slack-Request-Timestamp', '^[0-9]{10}$'),
        ],
        requestBody: {
          required: true,
          content: { 'application/x-www-form-urlencoded': { schema: ref('SlackCommand') } },
        },
        responses: {
          200: answer('SlackAnswer', 'Said to whoever typed it, and to nobody else.'),
          ...always,
          ...conflict,
          413: refuse('TooLarge'),
          415: refuse('WrongType'),
        },
      },
    },
    '/health': { get: open('getHealth', 'Whether the API answers', answer('Health', 'It does.')) },
    '/openapi.json': {
      get: open('getContract', 'This document', {
        description: 'OpenAPI 3.1',
        content: { 'application/json': { schema: { type: 'object' } } },
      }),
    },
  },
  components: {
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer' },
      slack: { type: 'apiKey', in: 'header', name: 'X-Slack-Signature' },
    },
    responses: refusals,
    schemas,
  },
};
