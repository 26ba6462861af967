import { useEffect, useRef } from 'react';
import { flushSync } from 'react-dom';
import { useBlocker } from 'react-router';

const LONGEST_MILLISECONDS = 10 * 60_000;

/**
 * Ends what shows a secret after ten minutes, and when the page goes: what a browser keeps for «back» has none.
 * @param steps that end it, each of them seen by the next
 */
export function useShortLife(steps: readonly (() => void)[], isShown = true): void {
  const latest = useRef(steps);
  latest.current = steps;
  useEffect(() => {
    if (!isShown) return;
    const over = () => {
      for (const step of latest.current) flushSync(step);
    };
    const timer = setTimeout(over, LONGEST_MILLISECONDS);
    addEventListener('pagehide', over);
    return () => {
      clearTimeout(timer);
      removeEventListener('pagehide', over);
    };
  }, [isShown]);
}

/** Asks before the page is left while `unstored` holds: by the browser's own question, or within the app by ours. */
export function useLeaving(unstored: boolean): { stay: () => void; leave: () => void } | undefined {
  const blocker = useBlocker(unstored);
  useEffect(() => {
    if (!unstored) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [unstored]);
  return blocker.state === 'blocked' ? { stay: blocker.reset, leave: blocker.proceed } : undefined;
}
