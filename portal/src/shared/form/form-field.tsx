import CloudscapeField, { type FormFieldProps } from '@cloudscape-design/components/form-field';
import { useState } from 'react';

interface Props extends FormFieldProps {
  /** What the API found wrong with what was sent. What is wrong as one types is `errorText`. */
  readonly fault?: string | undefined;
}

/** A field of a form. What the API found wrong with it goes once it is edited: the next answer says what it is then. */
export function FormField({ fault, errorText, ...field }: Props) {
  const [told, setTold] = useState(fault);
  const [edited, setEdited] = useState(false);
  // While a form is sent it has no fault: so the same one is told again.
  if (told !== fault) {
    setTold(fault);
    setEdited(false);
  }
  return (
    <div onInput={() => setEdited(true)}>
      <CloudscapeField {...field} errorText={errorText ?? (edited ? undefined : fault)} />
    </div>
  );
}
