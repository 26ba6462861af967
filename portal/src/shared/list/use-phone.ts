import { useSyncExternalStore } from 'react';

/** Below it Cloudscape lays out for phones. */
const phone = matchMedia('(max-width: 687px)');

export function usePhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      phone.addEventListener('change', listener);
      return () => phone.removeEventListener('change', listener);
    },
    () => phone.matches,
  );
}
