/** Stands in for the SDK's search for credentials, 108 kB that our clients never use: they are given theirs. */
export function defaultProvider(): () => Promise<never> {
  return async () => {
    throw new Error('A client of the AWS SDK was made without credentials: bundles have no search');
  };
}
