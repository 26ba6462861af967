import { useEffect, useState } from 'react';

/**
 * What a person types into a form, kept in the tab while a sign-in leads away and back. Never for anything secret.
 * @param name of the form, with whatever it is about
 */
export function useDraft<Values extends object>(
  name: string,
  initial: Values,
): { values: Values; change: (part: Partial<Values>) => void; forget: () => void } {
  const place = `keywright.draft.${name}`;
  const [values, setValues] = useState<Values>(() => ({ ...initial, ...kept<Values>(place) }));
  useEffect(() => {
    sessionStorage.setItem(place, JSON.stringify(values));
  }, [place, values]);
  // Whoever goes to another page has given it up; a sign-in leaves the app altogether.
  useEffect(() => () => sessionStorage.removeItem(place), [place]);
  return {
    values,
    change: (part) => setValues((before) => ({ ...before, ...part })),
    forget: () => sessionStorage.removeItem(place),
  };
}

function kept<Values>(place: string): Partial<Values> {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? '{}') as Partial<Values>;
  } catch {
    return {};
  }
}
