import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useCan } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { Page } from '../../shared/shell/page.tsx';
import { count } from '../../shared/show/limits.ts';
import { EmptyState } from '../../shared/states/states.tsx';
import { baseOf, useTenantId } from '../scope.tsx';
import { mergedByGroup, totalOf } from '../watch/usage-sums.ts';
import { Tile } from './tile.tsx';

const UsageChart = lazy(async () => ({ default: (await import('../watch/usage-chart.tsx')).UsageChart }));
/** As many as are counted before it says «or more». */
const MOST = 100;

/** Where a tenant stands: what waits, what was found, and what was called. */
export function OverviewPage() {
  const tenantId = useTenantId();
  const base = baseOf(tenantId);
  const can = useCan(tenantId);
  const { data: tenant } = useQuery(reading('/v1/tenants/{tenantId}', { path: { tenantId } }));
  const query = { tenantId, limit: MOST } as const;
  const subscriptions = useQuery(reading('/v1/subscriptions', { query: { ...query, state: 'pending' } }));
  const approvals = useQuery(reading('/v1/approvals', { query: { ...query, state: 'pending' } }));
  const alerts = useQuery({
    ...reading('/v1/alerts', { query: { ...query, state: 'open' } }),
    enabled: can('listAlerts'),
  });
  const keys = useQuery(
    reading('/v1/tenants/{tenantId}/keys', { path: { tenantId }, query: { status: 'active', limit: MOST } }),
  );
  return (
    <Page title={tenant?.name ?? 'Overview'} description={tenantId}>
      <SpaceBetween size="l">
        <ColumnLayout columns={4} minColumnWidth={170}>
          <Tile title="Active keys" href={`${base}/keys?status=active`} of={keys} />
          <Tile title="Subscriptions that wait" href={`${base}/queue`} of={subscriptions} />
          <Tile title="Approvals that wait" href={`${base}/queue?tab=approvals`} of={approvals} />
          <Tile title="Open alerts" href={`${base}/alerts?state=open`} of={alerts} />
        </ColumnLayout>
        <Requests tenantId={tenantId} />
      </SpaceBetween>
    </Page>
  );
}

function Requests({ tenantId }: { tenantId: string }) {
  const { data } = useQuery(reading('/v1/usage', { query: { tenantId, groupBy: 'hour' } }));
  const groups = mergedByGroup(data?.groups ?? []);
  const href = `${baseOf(tenantId)}/usage`;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`${count(totalOf(groups).requests)} in about a day`}
          actions={<Link href={href}>Usage</Link>}
        >
          Requests by hour
        </Header>
      }
    >
      {groups.length > 0 ? (
        <Suspense fallback={null}>
          <UsageChart groups={groups} by="hour" />
        </Suspense>
      ) : (
        <EmptyState title="No requests yet">They are counted within minutes of being made.</EmptyState>
      )}
    </Container>
  );
}
