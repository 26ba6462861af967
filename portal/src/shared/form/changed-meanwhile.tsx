import Alert from '@cloudscape-design/components/alert';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { Edit } from '../api/edit.ts';

interface ChangedMeanwhileProps<Fields extends object> {
  /** What somebody has changed, as it is now, and whether somebody was faster at all. */
  readonly of: Pick<Edit<Fields>, 'changed' | 'isReread'>;
  /** The same fields as the form has them. */
  readonly mine: Fields;
  readonly labels: Readonly<Record<keyof Fields & string, string>>;
}

/** Both versions of what somebody else has changed: whoever goes on has seen them. Nothing where nobody has. */
export function ChangedMeanwhile<Fields extends object>({
  of: { changed, isReread },
  mine,
  labels,
}: ChangedMeanwhileProps<Fields>) {
  const names = Object.keys(changed) as (keyof Fields & string)[];
  if (names.length === 0) return isReread && <ChangedBeside />;
  return (
    <Alert type="warning" header="Somebody has changed it meanwhile">
      <KeyValuePairs
        columns={2}
        items={names.flatMap((name) => [
          { label: `${labels[name]} now`, value: inWords(changed[name]) },
          { label: `${labels[name]}, yours`, value: inWords(mine[name]) },
        ])}
      />
    </Alert>
  );
}

/** Somebody was faster with what this form is not about: nothing has been saved, and nothing stands in the way. */
function ChangedBeside() {
  return (
    <Alert type="info" header="Somebody has changed something else of it meanwhile">
      Nothing is saved yet, and what you edit is as it was. Save once more, and theirs stays beside yours.
    </Alert>
  );
}

/** What the button says: whoever has seen another's version chooses. */
export function saving({ changed }: { readonly changed: object }, otherwise = 'Save'): string {
  return Object.keys(changed).length === 0 ? otherwise : 'Use mine';
}

/** A field's value, as far as words can say it. */
export function inWords(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null || value === undefined || value === '') return '–';
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(inWords).join(', ');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name}: ${inWords(inner)}`)
    .join(', ');
}
