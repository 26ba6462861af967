import Header from '@cloudscape-design/components/header';
import type { ReactNode } from 'react';
import type { Column } from '../list/list.ts';
import { ResourceList } from '../list/resource-list.tsx';
import { useWholeRows } from '../list/use-paged-rows.ts';
import { count } from '../show/limits.ts';
import { EmptyState } from '../states/states.tsx';
import { UsageGroupName } from './usage-group-name.tsx';
import { GROUPS_OF_ALL, type GroupBy, type UsagePages } from './usage-groups.ts';
import type { UsageGroup } from './usage-sums.ts';
import { useNames } from './use-names.ts';

interface UsageTableProps {
  readonly groups: readonly UsageGroup[];
  /** Where they are compared group by group. */
  readonly before: readonly UsageGroup[] | undefined;
  readonly groupBy: GroupBy;
  readonly loading: boolean;
  readonly pages: UsagePages;
  readonly actions: ReactNode;
}

/** The numbers of each group. */
export function UsageTable({ groups, before, groupBy, loading, pages: linked, actions }: UsageTableProps) {
  const names = useNames(groupBy);
  const named = groupBy === 'api' ? 'API' : GROUPS_OF_ALL[groupBy].toLowerCase();
  const overTime = groupBy === 'hour' || groupBy === 'day';
  const paged = useWholeRows('usage', { rows: groups, loading, error: null, retry: () => undefined });
  return (
    <ResourceList<UsageGroup>
      name="usage"
      title="Usage"
      what="usage"
      idOf={({ group }) => group}
      columns={[
        {
          id: 'group',
          header: GROUPS_OF_ALL[groupBy],
          isHead: true,
          cell: ({ group }) => (
            <UsageGroupName
              group={group}
              by={groupBy}
              name={names?.get(group)}
              href={linked[groupBy]?.(group)}
            />
          ),
        },
        ...numbersOf(before),
      ]}
      paged={paged}
      isPart
      wraps
      header={
        <Header
          variant="h2"
          actions={actions}
          {...(overTime && { description: `Without the ${named}s in which nothing was called.` })}
        >
          By {named}
        </Header>
      }
      empty={<EmptyState title="No requests in this time">They are counted within minutes.</EmptyState>}
    />
  );
}

function numbersOf(before: UsageTableProps['before']): Column<UsageGroup>[] {
  const column = (
    id: string,
    header: string,
    of: (group: UsageGroup) => number | null,
  ): Column<UsageGroup> => ({
    ...{ id, header, isNumber: true },
    cell: (group) => {
      const value = of(group);
      return value === null ? '–' : count(value);
    },
  });
  const requestsBefore = (group: string) => before?.find((each) => each.group === group)?.requests ?? 0;
  return [
    column('requests', 'Requests', ({ requests }) => requests),
    ...(before === undefined ? [] : [column('before', 'Before', ({ group }) => requestsBefore(group))]),
    column('client', 'Client errors', ({ clientErrors }) => clientErrors),
    column('server', 'Server errors', ({ serverErrors }) => serverErrors),
    column('p99', 'Slowest 1 %, ms', ({ p99Milliseconds: p99 }) => (p99 === null ? null : Math.round(p99))),
  ];
}
