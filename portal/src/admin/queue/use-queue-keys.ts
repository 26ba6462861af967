import { useEffect } from 'react';

/** Where a text is being written, or a dialog is open. */
const ELSEWHERE = 'input, textarea, select, [contenteditable], [role=dialog] *';
const REQUEST = '[data-request]';

/**
 * The queue by keyboard: `j` and `k` go to the next and the previous request, `a` approves the one that one is at and
 * `r` rejects it, as its own buttons do.
 */
export function useQueueKeys(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isElsewhere(event)) return;
      if (event.key === 'j' || event.key === 'k') goOn(event.key === 'j' ? 1 : -1);
      else if (event.key === 'a' || event.key === 'r') decide(event.key === 'a' ? 'approve' : 'reject');
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

function isElsewhere({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.matches(ELSEWHERE);
}

/** The place of a request: its row, or on a phone its card. */
const placeOf = (element: Element) => element.closest('tr, li') ?? element;

function goOn(step: 1 | -1): void {
  const requests = [...document.querySelectorAll<HTMLElement>(REQUEST)];
  const at = requests.findIndex((each) => placeOf(each).contains(document.activeElement));
  const next = requests[at < 0 ? (step === 1 ? 0 : requests.length - 1) : at + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function decide(decision: 'approve' | 'reject'): void {
  const { activeElement } = document;
  const here = [...document.querySelectorAll(REQUEST)].find((each) => placeOf(each).contains(activeElement));
  if (here !== undefined)
    placeOf(here).querySelector<HTMLButtonElement>(`[data-decide=${decision}] button`)?.click();
}
