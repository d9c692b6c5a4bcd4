/** What the views read and do: answers that follow the state, and deeds that may be refused. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { type Api, toWords } from './api.ts';

interface Answer<T> {
  value: T | null;
  error: string | null;
  reload: () => void;
}

/** What failed for want of AWS is tried again after so long. */
const retryMs = 5_000;

/** Asks again whenever `revision` changes; what is known stays until the new answer is there. */
export function useAnswer<T>(ask: () => Promise<T>, revision: string): Answer<T> {
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let outdated = false;
    let retry: ReturnType<typeof setTimeout> | undefined;
    ask().then(
      (answer) => {
        if (outdated) return;
        setValue(answer);
        setError(null);
      },
      (failure: unknown) => {
        if (outdated) return;
        setError(toWords(failure));
        retry = setTimeout(() => setAsked((count) => count + 1), retryMs);
      },
    );
    return () => {
      outdated = true;
      clearTimeout(retry);
    };
  }, [revision, asked]);
  const reload = useCallback(() => setAsked((count) => count + 1), []);
  return { value, error, reload };
}

export interface Deed {
  busy: boolean;
  error: string | null;
  /** Does it, unless it is being done. */
  run: (deed: () => Promise<void>) => void;
}

export function useDeed(): Deed {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  return {
    busy,
    error,
    run(deed) {
      if (busy) return;
      setBusy(true);
      setError(null);
      deed()
        .catch((failure: unknown) => setError(toWords(failure)))
        .finally(() => setBusy(false));
    },
  };
}

/** The API's time, which goes on between two answers. */
export function useNow(at: string): number {
  const [{ since, elapsed }, setElapsed] = useState({ since: at, elapsed: 0 });
  useEffect(() => {
    const began = performance.now();
    const timer = setInterval(
      () => setElapsed({ since: at, elapsed: performance.now() - began }),
      1_000,
    );
    return () => clearInterval(timer);
  }, [at]);
  return new Date(at).getTime() + (since === at ? elapsed : 0);
}

/** What every view gets. */
export interface View {
  api: Api;
  /** Changes whenever there may be news. */
  revision: string;
}
