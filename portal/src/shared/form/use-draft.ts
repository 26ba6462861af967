import { useEffect, useState } from 'react';
import { useMe } from '../api/me.ts';

/**
 * What a person types into a form, kept in the tab while a sign-in leads away and back, for this
 * person alone. Never for anything secret.
 * @param name of the form, with whatever it is about
 */
export function useDraft<Values extends object>(
  name: string,
  initial: Values,
): {
  values: Values;
  change: (part: Partial<Values>) => void;
  forget: () => void;
  restart: (fresh: Values) => void;
} {
  // A tab may have had somebody else before.
  const place = `keywright.draft.${useMe().sub}.${name}`;
  const [begun, setBegun] = useState(initial);
  const [values, setValues] = useState<Values>(() => ({ ...begun, ...kept<Values>(place) }));
  // What was only shown is not typed: it is read anew, as somebody else may have changed it.
  useEffect(() => {
    const typed = Object.entries(values).filter(
      ([field, value]) => !isSame(value, begun[field as keyof Values]),
    );
    if (typed.length === 0) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, JSON.stringify(Object.fromEntries(typed)));
  }, [place, values, begun]);
  // Whoever goes to another page has given it up; a sign-in leaves the app altogether.
  useEffect(() => () => sessionStorage.removeItem(place), [place]);
  return {
    values,
    change: (part) => setValues((before) => ({ ...before, ...part })),
    forget: () => sessionStorage.removeItem(place),
    restart: (fresh) => {
      setBegun(fresh);
      setValues(fresh);
    },
  };
}

/** One value of a form, kept likewise; otherwise as `useState`. @param name as `useDraft`'s, with what of the form it is */
export function useTyped<Value>(name: string, initial: Value): [Value, (value: Value) => void] {
  const { values, change } = useDraft<{ readonly value: Value }>(name, { value: initial });
  return [values.value, (value) => change({ value })];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function kept<Values>(place: string): Partial<Values> {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? '{}') as Partial<Values>;
  } catch {
    return {};
  }
}
