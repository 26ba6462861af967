import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { reading } from '../shared/api/queries.ts';
import { Page } from '../shared/shell/page.tsx';
import { CopyText } from '../shared/show/copy-text.tsx';
import { EnvironmentBadge } from '../shared/show/environment-badge.tsx';
import { Facts } from '../shared/show/facts.tsx';
import { type Subscription, SubscriptionState } from '../shared/show/subscription-state.tsx';
import { Time } from '../shared/show/time.tsx';
import { PageSkeleton } from '../shared/states/page-skeleton.tsx';
import { ErrorState } from '../shared/states/states.tsx';

/** What a state means for whoever waits for it. */
const MEANINGS: Readonly<Record<Subscription['state'], string>> = {
  pending: 'An admin decides on it. Its keys work once it is approved.',
  active: 'Its keys work.',
  suspended: 'Its keys are refused until an admin lets them work again.',
  rejected: 'It was not approved, and its keys never worked. You can ask again with another one.',
  cancelled: 'It has ended for good, and so have its keys.',
};

export function SubscriptionPage() {
  const { subscriptionId = '' } = useParams();
  const { data, error, refetch } = useQuery(
    reading('/v1/subscriptions/{subscriptionId}', { path: { subscriptionId } }),
  );
  if (data === undefined) {
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <PageSkeleton />;
  }
  const { name, environment, state, reason } = data;
  return (
    <Page
      title={name}
      above={[{ text: 'Subscriptions', href: '/' }]}
      beside={<EnvironmentBadge environment={environment} />}
    >
      <SpaceBetween size="l">
        <Alert type={state === 'active' ? 'success' : 'info'}>
          {MEANINGS[state]}
          {reason !== null && ` Reason: ${reason}`}
        </Alert>
        <Container>
          <SubscriptionFacts of={data} />
        </Container>
      </SpaceBetween>
    </Page>
  );
}

function SubscriptionFacts({ of }: { of: Subscription }) {
  return (
    <Facts
      facts={[
        ['State', <SubscriptionState key="state" state={of.state} />],
        ['Product', of.productName],
        ['Tenant', of.tenantName],
        ['Requested', <Time key="createdAt" at={of.createdAt} />],
        ['Decided', <Time key="decidedAt" at={of.decidedAt} />],
        ['Decided by', of.decidedByName],
        ['Primary key last used', <Time key="primary" at={of.slots.primary.lastUsedAt} fallback="Never" />],
        [
          'Secondary key last used',
          <Time key="secondary" at={of.slots.secondary.lastUsedAt} fallback="Never" />,
        ],
        ['Subscription ID', <CopyText key="id" text={of.subscriptionId} what="subscription ID" shown />],
      ]}
    />
  );
}
