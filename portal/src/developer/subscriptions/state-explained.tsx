import Alert, { type AlertProps } from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { Subscription } from '../../shared/show/subscription-state.tsx';
import { Time } from '../../shared/show/time.tsx';

interface Meaning {
  readonly type: AlertProps.Type;
  readonly header: string;
  readonly text: string;
  /** What happened when it came to this. */
  readonly happened: string;
}

/** What a state means for whoever has it. Of one that works there is nothing to say. */
const MEANINGS: Readonly<Record<Exclude<Subscription['state'], 'active'> | 'withdrawn', Meaning>> = {
  pending: {
    type: 'info',
    header: 'It waits for an admin',
    text: 'Its keys are refused until it is approved. You can put them into your program already.',
    happened: 'Requested',
  },
  suspended: {
    type: 'warning',
    header: 'It is suspended',
    text: 'Its keys are refused until an admin lets them work again. Nothing has to be replaced for that.',
    happened: 'Suspended',
  },
  rejected: {
    type: 'error',
    header: 'It was not approved',
    text: 'Its keys never worked. You can ask again, for instance by saying more of what it is for.',
    happened: 'Rejected',
  },
  cancelled: {
    type: 'info',
    header: 'It has ended',
    text: 'It ended for good, and so did its keys. You can subscribe anew.',
    happened: 'Ended',
  },
  withdrawn: {
    type: 'info',
    header: 'The request was withdrawn',
    text: 'Nobody had decided on it, and its keys never worked. You can ask again.',
    happened: 'Withdrawn',
  },
};

export function StateExplained({ of: subscription }: { of: Subscription }) {
  const { subscriptionId, state, productId, createdAt, decidedAt, decidedByName, reason, withdrawn } =
    subscription;
  if (state === 'active') return null;
  const { type, header, text, happened } = MEANINGS[withdrawn ? 'withdrawn' : state];
  const again = state === 'rejected' || state === 'cancelled';
  return (
    <Alert
      type={type}
      header={header}
      action={
        again && (
          <Button href={`/products/${productId}?subscribe=1&again=${subscriptionId}`}>
            {state === 'rejected' || withdrawn ? 'Ask again' : 'Subscribe anew'}
          </Button>
        )
      }
    >
      {text} {happened} <Time at={decidedAt ?? createdAt} />
      {decidedByName !== null && ` by ${decidedByName}`}.{reason !== null && <div>Reason: {reason}</div>}
    </Alert>
  );
}
