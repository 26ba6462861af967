import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Answer } from '../api/answers.ts';

export const SUBSCRIPTIONS = '/v1/subscriptions';
export type Subscription = Answer<typeof SUBSCRIPTIONS>['items'][number];

const INDICATORS: Readonly<Record<Subscription['state'], [StatusIndicatorProps.Type, string]>> = {
  pending: ['pending', 'Waits'],
  active: ['success', 'Active'],
  suspended: ['stopped', 'Suspended'],
  rejected: ['error', 'Rejected'],
  cancelled: ['stopped', 'Cancelled'],
};

export const STATES = Object.keys(INDICATORS) as Subscription['state'][];
/** As they are shown. */
export const STATE_NAMES = Object.fromEntries(
  STATES.map((state) => [state, INDICATORS[state][1]]),
) as Readonly<Record<Subscription['state'], string>>;

interface SubscriptionStateProps extends Pick<Subscription, 'state'> {
  readonly withdrawn?: boolean;
}

export function SubscriptionState({ state, withdrawn = false }: SubscriptionStateProps) {
  const [type, text] = withdrawn ? (['stopped', 'Withdrawn'] as const) : INDICATORS[state];
  return (
    <StatusIndicator type={type} wrapText={false}>
      {text}
    </StatusIndicator>
  );
}
