/** What the views read and do: answers that follow the state, and deeds that may be refused. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Api, toWords } from './api.ts';
import { onAwake, toPauseMs } from './patience.ts';

interface Answer<T> {
  value: T | null;
  error: string | null;
  reload: () => void;
}

/** Asks again whenever `revision` changes; what is known stays until the new answer is there. */
export function useAnswer<T>(ask: () => Promise<T>, revision: string): Answer<T> {
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [asked, setAsked] = useState(0);
  const failures = useRef(0);
  const reload = useCallback(() => setAsked((count) => count + 1), []);
  useEffect(() => {
    let outdated = false;
    let stopWaiting = () => {};
    ask().then(
      (answer) => {
        failures.current = 0;
        if (outdated) return;
        setValue(answer);
        setError(null);
      },
      (failure: unknown) => {
        failures.current++;
        if (outdated) return;
        setError(toWords(failure));
        stopWaiting = wait(toPauseMs(failure, failures.current), reload);
      },
    );
    return () => {
      outdated = true;
      stopWaiting();
    };
  }, [revision, asked]);
  return { value, error, reload };
}

/** Calls back after so long, or when the device or the person is back; while nobody looks, only then. */
function wait(ms: number, callback: () => void): () => void {
  const timer = setTimeout(() => document.hidden || callback(), ms);
  const sleep = onAwake(callback);
  return () => {
    clearTimeout(timer);
    sleep();
  };
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

/** Whether so much time has passed. */
export function useLate(ms: number): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return isLate;
}

/** What every view gets. */
export interface View {
  api: Api;
  /** Changes whenever there may be news. */
  revision: string;
}
