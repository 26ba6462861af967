import Box from '@cloudscape-design/components/box';
import { Facts } from '../show/facts.tsx';
import { inWords } from './changed-meanwhile.tsx';

interface ChangesProps<Fields extends object> {
  /** What a form says otherwise than it began with. */
  readonly of: Partial<Fields>;
  readonly labels: Readonly<Record<keyof Fields & string, string>>;
  /** What is said while there is nothing. */
  readonly none: string;
}

/** What is about to change, field by field. */
export function Changes<Fields extends object>({ of, labels, none }: ChangesProps<Fields>) {
  const names = Object.keys(of) as (keyof Fields & string)[];
  if (names.length === 0) return <Box color="text-body-secondary">{none}</Box>;
  return <Facts columns={1} facts={names.map((name) => [labels[name], inWords(of[name])] as const)} />;
}
