/** WireGuard of a real server, what its firewall keeps clients from, and what comes of them all on the next machine. */
import { describe } from 'vitest';
import { testFirewall } from './firewall.ts';
import { useStage } from './stage.ts';
import { testSuccessor } from './successor.ts';
import { testWireGuard } from './wireguard.ts';

const toStage = useStage();

describe('WireGuard', () => testWireGuard(toStage));
describe('the firewall', () => testFirewall(toStage));
describe('another machine takes over', () => testSuccessor(toStage));
