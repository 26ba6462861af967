import { useState } from 'react';

/** A choice that the browser keeps for the person, such as a list's columns. Never anything secret. */
export function useKeptChoice<Value>(name: string, initial: Value): [Value, (value: Value) => void] {
  const place = `keywright.${name}`;
  const [value, setValue] = useState<Value>(() => read(place, initial));
  return [
    value,
    (next) => {
      setValue(next);
      try {
        localStorage.setItem(place, JSON.stringify(next));
      } catch {
        // A browser that keeps nothing forgets it with the page.
      }
    },
  ];
}

function read<Value>(place: string, initial: Value): Value {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? 'null');
    if (kept === null || typeof kept !== typeof initial) return initial;
    return typeof initial === 'object' ? { ...initial, ...kept } : (kept as Value);
  } catch {
    return initial;
  }
}
