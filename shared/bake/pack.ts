/** The folder `image/` on its way to the builder: packed, in parts that fit into parameters, behind a first script. */
import { partBytesMax } from './limits.ts';
import type { Run } from './model.ts';

/** Made by the build (`scripts/bundle/image.ts`). */
export interface Pack {
  /** The whole folder: gzipped JSON in base64, and the SHA-256 of what is gzipped and gzipped. */
  text: string;
  sum: string;
  /** The script that fetches it, and the modules that it needs for that, packed likewise. */
  first: string;
  modules: string;
}

export interface FirstSettings {
  vpn: string;
  region: string;
  protocols: string[];
  ssmAgent: string;
}

export function toParts({ text }: Pick<Pack, 'text'>): string[] {
  return text.match(new RegExp(`.{1,${partBytesMax}}`, 'gs')) ?? [];
}

/**
 * What cloud-init runs on the builder: EC2 takes 16 KB of it, and the folder is twice that. Nothing in it is secret.
 * JSON in a raw string, since it comes from a checked configuration: it has neither a quote of three nor a backslash.
 */
export function toUserData(pack: Pack, { sum }: Run, settings: FirstSettings): string {
  const { vpn, region, protocols, ssmAgent } = settings;
  const values = {
    region,
    sum,
    parts: `/perennial/${vpn}/image`,
    words: `/perennial/${vpn}/bake/builders`,
    install: `--protocols ${protocols.join(',')} --region ${region} --ssm-agent ${ssmAgent}`.split(
      ' ',
    ),
  };
  return pack.first
    .replace('SETTINGS_HERE', () => JSON.stringify(values))
    .replace('MODULES_HERE', () => pack.modules);
}
