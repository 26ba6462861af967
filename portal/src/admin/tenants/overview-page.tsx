import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { Answer } from '../../shared/api/answers.ts';
import { reading } from '../../shared/api/queries.ts';
import { Page } from '../../shared/shell/page.tsx';
import { Facts } from '../../shared/show/facts.tsx';
import { count } from '../../shared/show/limits.ts';
import { PartSkeleton } from '../../shared/states/page-skeleton.tsx';
import { EmptyState, ErrorState } from '../../shared/states/states.tsx';
import { mergedByGroup, sharePercent, totalOf } from '../../shared/usage/usage-sums.ts';
import { baseOf, useScope } from '../scope.tsx';
import { expiresSoon } from './expires-soon.ts';
import { ExpiringKeys } from './expiring-keys.tsx';
import { Tile } from './tile.tsx';
import { WaitingForMe } from './waiting-for-me.tsx';

const UsageChart = lazy(async () => ({
  default: (await import('../../shared/usage/usage-chart.tsx')).UsageChart,
}));
const REFRESH_MILLISECONDS = 30_000;

/** Where a tenant stands, or all of them: what waits, what was found, what ends, and what was called. */
export function OverviewPage() {
  const { tenantId, base } = useScope();
  const { data: tenant } = useQuery({
    ...reading('/v1/tenants/{tenantId}', { path: { tenantId: tenantId ?? '' } }),
    enabled: tenantId !== undefined,
  });
  const { data, error, refetch } = useQuery({
    ...reading('/v1/summary', { query: tenantId === undefined ? {} : { tenantId } }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <Page
      title={tenantId === undefined ? 'All tenants' : (tenant?.name ?? 'Overview')}
      {...(tenantId !== undefined && { description: tenantId })}
    >
      <SpaceBetween size="l">
        <div aria-busy={data === undefined}>
          <ColumnLayout columns={4} minColumnWidth={170}>
            {tilesOf(data, base).map(([title, href, number]) => (
              <Tile key={title} title={title} href={href} number={number} />
            ))}
          </ColumnLayout>
        </div>
        <ColumnLayout columns={2} minColumnWidth={300}>
          <WaitingForMe />
          <ExpiringKeys />
        </ColumnLayout>
        {tenantId !== undefined && <Requests tenantId={tenantId} days={data?.requests ?? null} />}
      </SpaceBetween>
    </Page>
  );
}

type TileOf = [title: string, href: string, number: number | undefined];

/** What is counted, with the way to it. While the summary is on its way there are the same tiles, without numbers. */
function tilesOf(summary: Answer<'/v1/summary'> | undefined, base: string): TileOf[] {
  const to = (path: string) => `${base}/${path}`;
  const soon = expiresSoon(Date.now());
  const active = summary?.keys.active;
  const tiles: TileOf[] = [
    ['Subscriptions that wait', to('queue'), summary?.subscriptions.pending],
    ['Active live keys', to('keys?status=active&environment=live'), active?.live],
    ['Active sandbox keys', to('keys?status=active&environment=sandbox'), active?.sandbox],
    ['End within 14 days', to(`keys?status=active&expiresBefore=${soon}`), summary?.keys.expiring],
    ['Being rotated', to('keys?inOverlap=true'), summary?.keys.inOverlap],
    ['Unused for 90 days', to('keys?status=active&unusedSinceDays=90'), summary?.keys.unused],
  ];
  if (summary?.signUps)
    tiles.unshift(['Sign-ups that wait', to('queue?tab=sign-ups'), summary.signUps.pending]);
  if (summary?.approvals !== null)
    tiles.unshift(['Approvals that wait', to('queue?tab=approvals'), summary?.approvals.pending]);
  if (summary?.alerts !== null) tiles.unshift(['Open alerts', to('alerts?state=open'), summary?.alerts.open]);
  return tiles;
}

type Days = Answer<'/v1/summary'>['requests'];

function Requests({ tenantId, days }: { tenantId: string; days: Days }) {
  const { data, error, refetch } = useQuery(reading('/v1/usage', { query: { tenantId, groupBy: 'hour' } }));
  const groups = mergedByGroup(data?.groups ?? []);
  const href = `${baseOf(tenantId)}/usage`;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={data && `${count(totalOf(groups).requests)} in about a day`}
          actions={<Link href={href}>Usage</Link>}
        >
          Requests by hour
        </Header>
      }
    >
      {error && data === undefined ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <PartSkeleton height="200px" />
      ) : groups.length > 0 ? (
        <SpaceBetween size="l">
          {days && <TodayAgainstYesterday of={days} />}
          <Suspense fallback={null}>
            <UsageChart groups={groups} by="hour" of={data} />
          </Suspense>
        </SpaceBetween>
      ) : (
        <EmptyState title="No requests yet">They are counted within minutes of being made.</EmptyState>
      )}
    </Container>
  );
}

/** Days of UTC, of which today is not over. */
function TodayAgainstYesterday({ of: { today, yesterday } }: { of: NonNullable<Days> }) {
  const errorsOf = ({ requests, clientErrors, serverErrors }: typeof today) =>
    requests === 0 ? '–' : sharePercent(clientErrors + serverErrors, requests);
  return (
    <Facts
      columns={4}
      facts={[
        ['Requests today, so far', count(today.requests)],
        ['Requests yesterday', count(yesterday.requests)],
        ['Errors today', errorsOf(today)],
        ['Errors yesterday', errorsOf(yesterday)],
      ]}
    />
  );
}
