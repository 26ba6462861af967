import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import { countedInWords } from '../../../../core/contract/usage-names.ts';
import { absoluteTime, dayOf } from '../show/time.tsx';

export const GROUPS = {
  hour: 'Hour',
  day: 'Day',
  route: 'Route',
  status: 'Status',
  country: 'Country',
  cause: 'Cause of refusal',
} as const;
/** What is told apart of many keys as well. */
export const GROUPS_OF_ALL = { ...GROUPS, product: 'Product', api: 'API' } as const;
export type GroupBy = keyof typeof GROUPS_OF_ALL;

/** Where a group has a page, by its id. */
export type UsagePages = { readonly [By in GroupBy]?: (id: string) => string };

interface UsageGroupNameProps {
  readonly group: string;
  readonly by: GroupBy;
  /** Of what is counted under its id, as far as it is known. */
  readonly name: string | undefined;
  readonly href: string | undefined;
}

/** What a group is called: a time in words, or a name that leads to its page, above the id. */
export function UsageGroupName({ group, by, name, href }: UsageGroupNameProps) {
  if (by === 'day') return dayOf(group);
  if (by === 'hour') return absoluteTime(group);
  if (name === undefined) return countedInWords(group);
  return (
    <>
      {href === undefined ? name : <Link href={href}>{name}</Link>}
      <Box color="text-body-secondary" fontSize="body-s">
        <span className="mono">{group}</span>
      </Box>
    </>
  );
}
