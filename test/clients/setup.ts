/** Before the tests of what people run: their Linux is fetched, once, so that no two of them do it at a time. */
import { fetchDebian } from '../debian.ts';
import { packages, suites } from './machine.ts';

export function setup(): void {
  for (const suite of suites) fetchDebian(suite, packages);
}
