/** The public addresses that EC2 gives to instances. */

/** Addresses from a documentation net; the one given up first goes to the next who asks, as to a stranger. */
export function toAddresses(): { take(): string; give(address: string): void } {
  const free = Array.from({ length: 254 }, (_, index) => `203.0.113.${index + 1}`);
  return {
    take() {
      const address = free.shift();
      if (!address) throw new Error('The documentation net has no address left');
      return address;
    },
    give: (address) => free.push(address),
  };
}
