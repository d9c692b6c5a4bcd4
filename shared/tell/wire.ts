/** Joins the telling's ports with their adapters. */
import { toStoreClient } from '../adapters/clients.ts';
import { toTold } from '../adapters/told.ts';
import { toSend } from '../adapters/webhook.ts';
import { readTellConfig } from './config.ts';
import type { Sender } from './message.ts';
import type { TellPorts } from './ports.ts';

/** For a function: everything from its environment. Throws if that is not usable. */
export function wireTell(env: Record<string, string | undefined>): {
  sender: Sender;
  ports: TellPorts;
} {
  const { vpn, region, endpoint, sender } = readTellConfig(env);
  const told = toTold(toStoreClient(region, endpoint), vpn);
  return { sender, ports: { ...told, send: toSend(), now: Date.now } };
}
