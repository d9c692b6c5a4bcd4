/** Full DNS names of hosts, as people write them: in small letters, without the root's dot. */

export const dnsNameCharsMax = 253;

export const dnsNamePattern = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;

export function isDnsName(text: string): boolean {
  return text.length <= dnsNameCharsMax && dnsNamePattern.test(text);
}
