import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import { countedInWords } from '../../../../core/contract/usage-names.ts';
import { absoluteTime } from '../show/time.tsx';
import type { GroupBy } from './usage-groups.ts';
import { countedDay } from './usage-period.ts';

interface UsageGroupNameProps {
  readonly group: string;
  readonly by: GroupBy;
  /** Of what is counted under its id, as far as it is known. */
  readonly name: string | undefined;
  readonly href: string | undefined;
}

/** What a group is called: a time in words, or a name that leads to its page, above the id. */
export function UsageGroupName({ group, by, name, href }: UsageGroupNameProps) {
  if (by === 'day') return countedDay(group);
  if (by === 'hour') return absoluteTime(group);
  if (name === undefined && href !== undefined) return <Link href={href}>{group}</Link>;
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
