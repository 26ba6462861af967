import { type RefObject, useEffect, useRef } from 'react';

const FIELDS = 'input[type=text], input:not([type]), textarea';

/** Puts the focus into the first text field of a dialog's form, after the dialog, which gives it to its first button. */
export function useFirstField(): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const frame = requestAnimationFrame(() => form.current?.querySelector<HTMLElement>(FIELDS)?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  return form;
}
