/** WireGuard of a real server, and what its firewall keeps clients from, whichever way they came in. */
import { describe } from 'vitest';
import { testFirewall } from './firewall.ts';
import { useStage } from './stage.ts';
import { testWireGuard } from './wireguard.ts';

const toStage = useStage();

describe('WireGuard', () => testWireGuard(toStage));
describe('the firewall', () => testFirewall(toStage));
