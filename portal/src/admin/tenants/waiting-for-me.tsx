import { useQueries } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useCan, useMe } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { nameOfOperation } from '../../shared/approvals/approval.tsx';
import { SUBSCRIPTIONS } from '../../shared/show/subscription-state.tsx';
import { Time } from '../../shared/show/time.tsx';
import { SIGN_UPS } from '../queue/sign-up.ts';
import { useScope } from '../scope.tsx';
import { ShortList, type ShortRow } from './short-list.tsx';

const MOST = 5;
/** The API begins with the newest, and what has waited longest is shown first. */
const PAGE = 100;

interface Waiting extends ShortRow {
  readonly at: string;
}

/** What the person can decide, the oldest first; what the person asked for is for others. */
export function WaitingForMe() {
  const { base } = useScope();
  const { waiting, error, retry } = useWaiting();
  const oldest = waiting && [...waiting].sort((a, b) => (a.at < b.at ? -1 : 1)).slice(0, MOST);
  return (
    <ShortList
      title="Waits for you"
      rows={oldest}
      none="Nothing waits for a decision of yours."
      all={{ text: 'All that waits', href: `${base}/queue` }}
      error={error}
      retry={retry}
    />
  );
}

function useWaiting() {
  const { tenantId, base } = useScope();
  const can = useCan(tenantId);
  const everywhere = useCan();
  const { sub } = useMe();
  const query = { state: 'pending', limit: PAGE } as const;
  const own = { ...query, ...(tenantId !== undefined && { tenantId }) };
  const [subscriptions, approvals, signUps] = useQueries({
    queries: [
      { ...reading(SUBSCRIPTIONS, { query: own }), enabled: can('approveSubscription') },
      { ...reading('/v1/approvals', { query: own }), enabled: can('approveApproval') },
      { ...reading(SIGN_UPS, { query }), enabled: tenantId === undefined && everywhere('approveSignUp') },
    ],
  });
  const rows: Waiting[] = [
    ...(subscriptions.data?.items ?? []).map(
      ({ subscriptionId, name, productName, tenantName, createdAt }) => ({
        id: subscriptionId,
        text: name,
        href: `${base}/queue`,
        about: (
          <Since at={createdAt}>
            Subscription to {productName}, {tenantName}
          </Since>
        ),
        at: createdAt,
      }),
    ),
    ...(approvals.data?.items ?? [])
      .filter(({ requestedBy }) => requestedBy !== sub)
      .map(({ approvalId, operation, requestedBy, requestedByName, requestedAt }) => ({
        id: approvalId,
        text: nameOfOperation(operation),
        href: `${base}/queue/${approvalId}`,
        about: <Since at={requestedAt}>Asked by {requestedByName ?? requestedBy}</Since>,
        at: requestedAt,
      })),
    ...(signUps.data?.items ?? []).map(({ signUpId, email, company, requestedAt }) => ({
      id: signUpId,
      text: email,
      href: `${base}/queue?tab=sign-ups`,
      about: <Since at={requestedAt}>Signs up{company ? `, ${company}` : ''}</Since>,
      at: requestedAt,
    })),
  ];
  const all = [subscriptions, approvals, signUps];
  return {
    waiting: all.some(({ isLoading, error }) => isLoading || error !== null) ? undefined : rows,
    error: all.find(({ error }) => error !== null)?.error ?? null,
    retry: () => all.map(({ error, refetch }) => error && refetch()),
  };
}

function Since({ at, children }: { at: string; children: ReactNode }) {
  return (
    <>
      {children}, <Time at={at} />
    </>
  );
}
