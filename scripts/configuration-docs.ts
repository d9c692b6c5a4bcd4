/** Writes docs/configuration.md: what stands at the head of serverless.yml, and what the schemas ask of each key. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toConfigurationDocs } from './vpn/configuration.ts';
import { root } from './vpn/settings.ts';

const service = readFileSync(join(root, 'serverless.yml'), 'utf8');
writeFileSync(join(root, 'docs/configuration.md'), toConfigurationDocs(service));
