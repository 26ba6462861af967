import { useSyncExternalStore } from 'react';
import { openDialogs } from '../form/open-dialogs.ts';

/** Below it Cloudscape lays out for phones. */
const phone = matchMedia('(max-width: 687px)');
let isPhone = phone.matches;

/**
 * Whether pages are laid out for a phone. Below an open dialog they stay as they are, whichever way a phone is turned:
 * a row's dialog lives in its row, with what was typed into it, and the focus goes back to what opened it.
 */
export function usePhone(): boolean {
  return useSyncExternalStore(subscribe, () => {
    if (openDialogs.get() === 0) isPhone = phone.matches;
    return isPhone;
  });
}

function subscribe(listener: () => void): () => void {
  const endDialogs = openDialogs.subscribe(listener);
  phone.addEventListener('change', listener);
  return () => {
    endDialogs();
    phone.removeEventListener('change', listener);
  };
}
