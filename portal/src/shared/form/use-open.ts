import { useEffect, useState } from 'react';
import { useMe } from '../api/me.ts';

/** What is open in this tab, by its place. */
const open = new Map<string, unknown>();
const PREFIX = 'keywright.open.';

/**
 * Which of a place's dialogs is open, as `useState`: whoever is led away from it to sign in comes back into it.
 * A page that is loaded anew by hand has none open: what was done in one might be done twice.
 * @param name of the place, with whatever it is about
 * @param initial what is open at first otherwise
 */
export function useOpen<Dialog>(
  name: string,
  initial?: Dialog,
): [Dialog | undefined, (dialog: Dialog | undefined) => void] {
  // A tab may have had somebody else before.
  const place = `${PREFIX}${useMe().sub}.${name}`;
  const [dialog, setDialog] = useState(() => kept<Dialog>(place) ?? initial);
  useEffect(() => sessionStorage.removeItem(place), [place]);
  useEffect(() => {
    if (dialog === undefined) return;
    open.set(place, dialog);
    return () => void open.delete(place);
  }, [place, dialog]);
  return [dialog, setDialog];
}

/** To be called as a sign-in leads away from the page. */
export function keepOpen(): void {
  for (const [place, dialog] of open) sessionStorage.setItem(place, JSON.stringify(dialog));
}

function kept<Dialog>(place: string): Dialog | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? '') as Dialog;
  } catch {
    return undefined;
  }
}
