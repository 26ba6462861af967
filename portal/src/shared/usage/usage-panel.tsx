import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useSearchParams } from 'react-router';
import { pages } from '../api/queries.ts';
import { Facts } from '../show/facts.tsx';
import { count } from '../show/limits.ts';
import { PartSkeleton } from '../states/page-skeleton.tsx';
import { ErrorState } from '../states/states.tsx';
import { UsageCsv } from './usage-csv.tsx';
import { GROUPS, GROUPS_OF_ALL, type GroupBy, type UsagePages } from './usage-groups.ts';
import { beginOf, periodIn, periodInWords, periodsOf } from './usage-period.ts';
import { changeInWords, mergedByGroup, sharePercent, totalOf, type UsageGroup } from './usage-sums.ts';
import { UsageTable } from './usage-table.tsx';
import { useBefore } from './use-before.ts';

const UsageChart = lazy(async () => ({ default: (await import('./usage-chart.tsx')).UsageChart }));

interface UsagePanelProps {
  /** Absent for all tenants together. */
  readonly tenantId?: string;
  readonly keyId?: string;
  /** Where products and APIs have their pages. */
  readonly pages?: UsagePages;
}

/**
 * How many requests were made, in a chart where there is a course of time, and always in a table. Of all tenants the
 * API sums up a part at a time, and the rest is asked for by whoever wants it.
 */
export function UsagePanel({ tenantId, keyId, pages: linked = {} }: UsagePanelProps) {
  const [search, setSearch] = useSearchParams();
  const wanted = search.get('by') as GroupBy;
  const shown = keyId === undefined ? GROUPS_OF_ALL : GROUPS;
  const groupBy = wanted in shown ? wanted : 'day';
  const days = periodIn(groupBy, search.get('days'));
  const query = {
    ...{ groupBy, from: beginOf(days, Date.now()) },
    ...(tenantId && { tenantId }),
    ...(keyId && { keyId }),
  };
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
      <SpaceBetween direction="horizontal" size="m" alignItems="center">
        <div className="choice">
          <Select
            inlineLabelText="Group by"
            selectedOption={{ value: groupBy, label: GROUPS_OF_ALL[groupBy] }}
            options={Object.entries(shown).map(([value, label]) => ({ value, label }))}
            onChange={({ detail }) => choose({ by: detail.selectedOption.value ?? '' })}
          />
        </div>
        <div className="choice">
          <Select
            inlineLabelText="Period"
            selectedOption={periodsOf(groupBy).find(({ value }) => value === days) ?? null}
            options={periodsOf(groupBy)}
            onChange={({ detail }) => choose({ days: detail.selectedOption.value ?? '' })}
          />
        </div>
        {isWhole && (
          <Toggle
            checked={compares}
            onChange={({ detail }) => choose({ compare: detail.checked ? 'before' : '' })}
          >
            Compare with the time before
          </Toggle>
        )}
      </SpaceBetween>
      {first && <Box color="text-body-secondary">{periodInWords(first, Date.now())}</Box>}
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
      {overTime && first !== undefined && groups.length > 0 && (
        <Suspense fallback={<PartSkeleton height="240px" />}>
          <UsageChart groups={groups} by={groupBy} of={first} />
        </Suspense>
      )}
      <UsageTable
        groups={groups}
        before={overTime ? undefined : before}
        groupBy={groupBy}
        loading={isPending}
        pages={linked}
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
  // By product or API errors are not counted.
  const isCounted = groups.length === 0 || groups.some((group) => group.clientErrors !== null);
  const errors = (now: number, then: number | undefined) =>
    isCounted ? `${count(now)} (${sharePercent(now, requests)})${against(now, then)}` : '–';
  return (
    <Facts
      columns={3}
      facts={[
        ['Requests', `${count(requests)}${against(requests, old?.requests)}`],
        ['Client errors', errors(clientErrors, old?.clientErrors)],
        ['Server errors', errors(serverErrors, old?.serverErrors)],
      ]}
    />
  );
}
