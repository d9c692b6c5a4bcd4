/** Which Debian the virtual machines run: 13, or 12 with DEBIAN=bookworm. */
import { type Suite, suites } from './disk.ts';

const asked = process.env.DEBIAN ?? 'trixie';
const found = suites.find((name) => name === asked);
if (!found) throw new Error(`DEBIAN=${asked} is none of ${suites.join(', ')}`);
export const suite: Suite = found;
