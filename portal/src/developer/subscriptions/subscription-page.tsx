import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useParams } from 'react-router';
import { reading } from '../../shared/api/queries.ts';
import { Page } from '../../shared/shell/page.tsx';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { SuspendedTenant } from '../../shared/show/suspended.tsx';
import { PageSkeleton } from '../../shared/states/page-skeleton.tsx';
import { PageState } from '../../shared/states/page-state.tsx';
import { StateExplained } from './state-explained.tsx';
import { isOver, SUBSCRIPTION } from './subscription.ts';
import { SubscriptionActions } from './subscription-actions.tsx';
import { SubscriptionFacts } from './subscription-facts.tsx';
import { SubscriptionKeys } from './subscription-keys.tsx';

const UsagePanel = lazy(async () => ({
  default: (await import('../../shared/usage/usage-panel.tsx')).UsagePanel,
}));
const REFRESH_MILLISECONDS = 15_000;

/** One subscription: what its state means, its keys, and what was called with them. */
export function SubscriptionPage() {
  const { subscriptionId = '' } = useParams();
  const { data, error, refetch } = useQuery({
    ...reading(SUBSCRIPTION, { path: { subscriptionId } }),
    // Somebody decides on it, or a program switches to another key.
    refetchInterval: REFRESH_MILLISECONDS,
  });
  if (data === undefined) {
    return <PageState title="Subscription" error={error} retry={() => void refetch()} />;
  }
  return (
    <Page
      title={data.name}
      description={`${data.tenantName}’s subscription to ${data.productName}.`}
      above={[{ text: 'Subscriptions', href: '/subscriptions' }]}
      beside={<EnvironmentBadge environment={data.environment} />}
      actions={<SubscriptionActions of={data} />}
    >
      <SpaceBetween size="l">
        <SuspendedTenant tenantId={data.tenantId} />
        <StateExplained of={data} />
        {!isOver(data) && <SubscriptionKeys key={subscriptionId} of={data} />}
        <SubscriptionFacts of={data} />
        <Usage of={data} />
      </SpaceBetween>
    </Page>
  );
}

function Usage({ of: { tenantId, subscriptionId, state } }: { of: Subscription }) {
  if (state === 'pending' || state === 'rejected') return null;
  return (
    <SpaceBetween size="s">
      <Header variant="h2">Usage</Header>
      <Suspense fallback={<PageSkeleton />}>
        <UsagePanel tenantId={tenantId} keyId={subscriptionId} />
      </Suspense>
    </SpaceBetween>
  );
}
