import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import Toggle from '@cloudscape-design/components/toggle';
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { useSearchParams } from 'react-router';
import { pages } from '../api/queries.ts';
import { Facts } from '../show/facts.tsx';
import { count } from '../show/limits.ts';
import { absoluteTime, dayOf } from '../show/time.tsx';
import { PartSkeleton } from '../states/page-skeleton.tsx';
import { ErrorState } from '../states/states.tsx';
import { UsageCsv } from './usage-csv.tsx';
import { changeInWords, mergedByGroup, sharePercent, totalOf, type UsageGroup } from './usage-sums.ts';
import { useBefore } from './use-before.ts';

const UsageChart = lazy(async () => ({ default: (await import('./usage-chart.tsx')).UsageChart }));

const GROUPS = {
  hour: 'Hour',
  day: 'Day',
  route: 'Route',
  status: 'Status',
  country: 'Country',
  cause: 'Cause of refusal',
} as const;
/** What is told apart of many tenants as well. */
const GROUPS_OF_ALL = { ...GROUPS, product: 'Product', api: 'API' } as const;
type GroupBy = keyof typeof GROUPS_OF_ALL;

interface UsagePanelProps {
  /** Absent for all tenants together. */
  readonly tenantId?: string;
  readonly keyId?: string;
}

/**
 * How many requests were made, in a chart where there is a course of time, and always in a table. Of all tenants the
 * API sums up a part at a time, and the rest is asked for by whoever wants it.
 */
export function UsagePanel({ tenantId, keyId }: UsagePanelProps) {
  const [search, setSearch] = useSearchParams();
  const wanted = search.get('by') as GroupBy;
  const shown = keyId === undefined ? GROUPS_OF_ALL : GROUPS;
  const groupBy = wanted in shown ? wanted : 'day';
  const query = { groupBy, ...(tenantId && { tenantId }), ...(keyId && { keyId }) };
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useInfiniteQuery(pages('/v1/usage', { query }));
  const [first] = data?.pages ?? [];
  // What is left of a part can't be compared with a part of the time before.
  const isWhole = first !== undefined && first.nextCursor === null;
  const compares = isWhole && search.get('compare') === 'before';
  const before = useBefore(query, compares ? first : undefined);
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  const groups = mergedByGroup((data?.pages ?? []).flatMap((part) => part.groups));
  const overTime = groupBy === 'hour' || groupBy === 'day';
  const choose = (part: Record<string, string>) =>
    setSearch((old) => new URLSearchParams({ ...Object.fromEntries(old), ...part }), { replace: true });
  return (
    <SpaceBetween size="l">
      <SegmentedControl
        label="Group by"
        selectedId={groupBy}
        options={Object.entries(shown).map(([id, text]) => ({ id, text }))}
        onChange={({ detail }) => choose({ by: detail.selectedId })}
      />
      {isWhole && (
        <Toggle
          checked={compares}
          onChange={({ detail }) => choose({ compare: detail.checked ? 'before' : '' })}
        >
          Compare with the time before
        </Toggle>
      )}
      {hasNextPage && (
        <Alert
          type="info"
          action={
            <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Count on
            </Button>
          }
        >
          These are sums of some tenants so far; the others follow.
        </Alert>
      )}
      <Totals groups={groups} before={before} loading={isPending} />
      {overTime && data !== undefined && groups.length > 0 && (
        <Suspense fallback={<PartSkeleton height="240px" />}>
          <UsageChart groups={groups} by={groupBy} />
        </Suspense>
      )}
      <UsageTable
        groups={groups}
        before={overTime ? undefined : before}
        groupBy={groupBy}
        loading={isPending}
        actions={isWhole && <UsageCsv query={query} />}
      />
    </SpaceBetween>
  );
}

interface TotalsProps {
  readonly groups: readonly UsageGroup[];
  /** Those of as long a time before; undefined where nobody asked for it. */
  readonly before: readonly UsageGroup[] | undefined;
  readonly loading: boolean;
}

function Totals({ groups, before, loading }: TotalsProps) {
  const { requests, clientErrors, serverErrors } = totalOf(groups);
  const old = before && totalOf(before);
  const against = (now: number, then: number | undefined) =>
    then === undefined ? '' : `, ${changeInWords(now, then)}`;
  if (loading) return <PartSkeleton height="48px" />;
  return (
    <Facts
      columns={3}
      facts={[
        ['Requests', `${count(requests)}${against(requests, old?.requests)}`],
        [
          'Client errors',
          `${count(clientErrors)} (${sharePercent(clientErrors, requests)})${against(clientErrors, old?.clientErrors)}`,
        ],
        [
          'Server errors',
          `${count(serverErrors)} (${sharePercent(serverErrors, requests)})${against(serverErrors, old?.serverErrors)}`,
        ],
      ]}
    />
  );
}

interface UsageTableProps {
  readonly groups: readonly UsageGroup[];
  /** Where they are compared group by group. */
  readonly before: readonly UsageGroup[] | undefined;
  readonly groupBy: GroupBy;
  readonly loading: boolean;
  readonly actions: ReactNode;
}

function UsageTable({ groups, before, groupBy, loading, actions }: UsageTableProps) {
  const number = (value: number | null) => <Box textAlign="right">{value === null ? '–' : count(value)}</Box>;
  return (
    <Table
      items={[...groups]}
      loading={loading}
      loadingText="Loading usage"
      trackBy="group"
      ariaLabels={{ tableLabel: 'Usage' }}
      header={
        <Header variant="h2" actions={actions}>
          By {groupBy === 'api' ? 'API' : GROUPS_OF_ALL[groupBy].toLowerCase()}
        </Header>
      }
      columnDefinitions={[
        {
          id: 'group',
          header: GROUPS_OF_ALL[groupBy],
          isRowHeader: true,
          cell: ({ group }) => nameOf(group, groupBy),
        },
        { id: 'requests', header: 'Requests', cell: ({ requests }) => number(requests) },
        ...(before === undefined
          ? []
          : [
              {
                id: 'before',
                header: 'Before',
                cell: ({ group }: UsageGroup) =>
                  number(before.find((each) => each.group === group)?.requests ?? 0),
              },
            ]),
        { id: 'client', header: 'Client errors', cell: ({ clientErrors }) => number(clientErrors) },
        { id: 'server', header: 'Server errors', cell: ({ serverErrors }) => number(serverErrors) },
        {
          id: 'p99',
          header: 'Slowest 1 %, ms',
          cell: ({ p99Milliseconds }) =>
            number(p99Milliseconds === null ? null : Math.round(p99Milliseconds)),
        },
      ]}
      empty={<Box textAlign="center">No requests in this time.</Box>}
    />
  );
}

function nameOf(group: string, groupBy: GroupBy): string {
  return groupBy === 'day' ? dayOf(group) : groupBy === 'hour' ? absoluteTime(group) : group;
}
