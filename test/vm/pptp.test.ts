/** PPTP of a real server, and real clients: Debian's kernel, pptpd and pppd under emulation. */
import { describe } from 'vitest';
import { testCrowd } from './crowd.ts';
import { testCutover } from './cutover.ts';
import { testMppe } from './mppe.ts';
import { testPptp } from './pptp.ts';
import { useStage } from './stage.ts';

const toStage = useStage();

describe('who is let in', () => testPptp(toStage));
describe('a lost packet', () => testMppe(toStage));
describe('a full house', () => testCrowd(toStage));
describe('when the address moves', () => testCutover(toStage));
