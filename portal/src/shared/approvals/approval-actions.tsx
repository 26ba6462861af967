import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { useChange } from '../api/change.ts';
import { useCan, useMe } from '../api/me.ts';
import { useOpen } from '../form/use-open.ts';
import { type LabelledSecret, RevealDialog } from '../reveal/reveal-dialog.tsx';
import type { Approval } from './approval.tsx';
import { ReasonDialog } from './reason-dialog.tsx';

const APPROVAL = '/v1/approvals/{approvalId}';
const STALE = ['/v1/approvals', APPROVAL, '/v1/keys', '/v1/tenants/{tenantId}/keys', '/v1/subscriptions'];
/** What is claimed by who asked for it, because the answer shows a secret. */
const SHOWS_SECRET =
  /^(?:createKey|rotateKey|createInvitation|revealSubscriptionKeys|regenerateSubscriptionKey)$/;

/** Another's request is approved or rejected; one's own is withdrawn, or claimed once it is approved. */
export function ApprovalActions({ of: approval }: { of: Approval }) {
  const { sub } = useMe();
  const can = useCan(approval.tenantId);
  const [open, setOpen] = useOpen<'reject' | 'withdraw'>(`approval.${approval.approvalId}`);
  const own = approval.requestedBy === sub;
  const claimable =
    approval.state === 'approved' && !approval.carriedOut && SHOWS_SECRET.test(approval.operation);
  const pending = approval.state === 'pending';
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {own && (pending || claimable) && can('withdrawApproval') && (
        <Button onClick={() => setOpen('withdraw')}>Withdraw</Button>
      )}
      {own && <Claim of={approval} isOffered={claimable && can('claimApproval')} />}
      {!own && pending && can('rejectApproval') && (
        <span data-decide="reject">
          <Button onClick={() => setOpen('reject')}>Reject</Button>
        </span>
      )}
      {!own && pending && can('approveApproval') && <Approve of={approval} />}
      {open && <Decision of={approval} decision={open} onDismiss={() => setOpen(undefined)} />}
    </SpaceBetween>
  );
}

function Approve({ of: { approvalId } }: { of: Approval }) {
  const approve = useChange(
    async () => (await api.POST(`${APPROVAL}/approve`, { params: { path: { approvalId } }, body: {} })).data,
    {
      stale: STALE,
      failed: 'It was not approved',
      done: ({ carriedOut }) => ({
        type: 'success',
        header: carriedOut ? 'Approved and done' : 'Approved',
        ...(!carriedOut && {
          content: 'Whoever asked for it carries it out, since the answer shows a secret.',
        }),
      }),
    },
  );
  return (
    <span data-decide="approve">
      <Button variant="primary" loading={approve.isPending} onClick={() => approve.mutate(undefined)}>
        Approve
      </Button>
    </span>
  );
}

/** @param isOffered no more once it is done, which is while its answer is shown */
function Claim({ of: { approvalId, subject }, isOffered }: { of: Approval; isOffered: boolean }) {
  const [shown, setShown] = useState<Shown>();
  const claim = useChange(
    async () => (await api.POST(`${APPROVAL}/claim`, { params: { path: { approvalId } }, body: {} })).data,
    {
      stale: STALE,
      failed: 'It was not carried out',
      after: (result) => setShown(shownIn(result)),
    },
  );
  return (
    <>
      {isOffered && (
        <Button variant="primary" loading={claim.isPending} onClick={() => claim.mutate(undefined)}>
          Carry out and show
        </Button>
      )}
      {shown !== undefined && (
        <RevealDialog
          title="What was approved"
          secret={shown.secret}
          isOnce={shown.isOnce}
          name={subject.id}
          onDone={() => {
            setShown(undefined);
            claim.reset();
          }}
        />
      )}
    </>
  );
}

interface Shown {
  readonly secret: string | readonly LabelledSecret[];
  /** Whether nobody can have it shown again. */
  readonly isOnce: boolean;
}

/** What a claim's answer shows: a new secret or link, which nobody sees again, or keys that can be shown again. Undefined for a repeat. */
function shownIn(result: object): Shown | undefined {
  const { secret, key, link, primaryKey, secondaryKey, clientKeys } = result as Record<string, unknown>;
  const once = [secret, link].find((text) => typeof text === 'string');
  if (typeof once === 'string') return { secret: once, isOnce: true };
  if (typeof key === 'string') return { secret: key, isOnce: false };
  const labelled = [
    ['Primary key', primaryKey],
    ['Secondary key', secondaryKey],
    ...(Array.isArray(clientKeys) ? clientKeys : []).map(({ apiId, clientKey }) => [
      `Client key of ${apiId}`,
      clientKey,
    ]),
  ].flatMap(([label, text]) => (typeof text === 'string' ? [{ label: String(label), text }] : []));
  return labelled.length > 0 ? { secret: labelled, isOnce: false } : undefined;
}

interface DecisionProps {
  readonly of: Approval;
  readonly decision: 'reject' | 'withdraw';
  readonly onDismiss: () => void;
}

function Decision({ of: { approvalId }, decision, onDismiss }: DecisionProps) {
  const decide = useChange(
    async (reason: string) => {
      const init = { params: { path: { approvalId } }, body: reason === '' ? {} : { reason } };
      return decision === 'reject'
        ? (await api.POST(`${APPROVAL}/reject`, init)).data
        : (await api.POST(`${APPROVAL}/withdraw`, init)).data;
    },
    {
      stale: STALE,
      done: () => ({ type: 'success', header: decision === 'reject' ? 'Rejected' : 'Withdrawn' }),
      after: onDismiss,
    },
  );
  return (
    <ReasonDialog
      title={decision === 'reject' ? 'Reject this request' : 'Withdraw your request'}
      action={decision === 'reject' ? 'Reject' : 'Withdraw'}
      needed={decision === 'reject'}
      path={`/v1/approvals/${approvalId}/${decision}`}
      words={['approvals', decision, approvalId]}
      busy={decide.isPending}
      error={decide.error}
      onSubmit={decide.mutate}
      onDismiss={onDismiss}
    />
  );
}
