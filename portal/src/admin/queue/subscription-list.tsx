import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { useCan } from '../../shared/api/me.ts';
import { ReasonDialog } from '../../shared/approvals/reason-dialog.tsx';
import type { Column } from '../../shared/list/list.ts';
import { ListFilter } from '../../shared/list/list-filter.tsx';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { type FilterField, useUrlFilter } from '../../shared/list/url-filter.ts';
import { usePagedRows } from '../../shared/list/use-paged-rows.ts';
import {
  STATES,
  SUBSCRIPTIONS,
  type Subscription,
  SubscriptionState,
} from '../../shared/show/subscription-state.tsx';
import { Time } from '../../shared/show/time.tsx';
import { EmptyState } from '../../shared/states/states.tsx';
import { useScope } from '../scope.tsx';
import { stateField, WaitingOrAll, waitingFirst } from './waiting-or-all.tsx';

const FIELDS: readonly FilterField[] = [stateField(STATES), { key: 'productId', label: 'Product ID' }];

/** Subscriptions, and what can be decided about those that wait. */
export function SubscriptionList() {
  const { tenantId } = useScope();
  const { chosen, choose, clear } = useUrlFilter(FIELDS);
  const query = { ...waitingFirst(chosen), ...(tenantId && { tenantId }) };
  const paged = usePagedRows<Subscription, '/v1/subscriptions'>('subscriptions', SUBSCRIPTIONS, { query });
  return (
    <ResourceList
      name="subscriptions"
      title="Subscriptions"
      what="subscriptions"
      isPart
      idOf={({ subscriptionId }) => subscriptionId}
      columns={COLUMNS}
      paged={paged}
      header={
        <Header
          variant="h2"
          description="Who may call the APIs of which product."
          actions={<WaitingOrAll state={chosen.state} onChoose={(state) => choose({ ...chosen, state })} />}
        >
          Subscriptions
        </Header>
      }
      filter={
        <ListFilter fields={FIELDS} placeholder="Filter subscriptions" chosen={chosen} onChoose={choose} />
      }
      empty={<EmptyState title="Nothing waits">Developers ask for subscriptions in their portal.</EmptyState>}
      onClear={Object.keys(chosen).length > 0 ? clear : undefined}
    />
  );
}

const COLUMNS: Column<Subscription>[] = [
  { id: 'name', header: 'Name', isHead: true, width: 160, cell: ({ name }) => name },
  { id: 'tenant', header: 'Tenant', cell: ({ tenantId }) => tenantId },
  {
    id: 'product',
    header: 'Product',
    cell: ({ productId }) => <span className="mono small">{productId}</span>,
  },
  { id: 'state', header: 'State', cell: ({ state }) => <SubscriptionState state={state} /> },
  { id: 'createdAt', header: 'Requested', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'createdBy', header: 'Requested by', usual: false, cell: ({ createdBy }) => createdBy },
  { id: 'actions', header: 'Actions', width: 160, cell: (subscription) => <Decide of={subscription} /> },
];

type Decision = 'reject' | 'suspend';

function Decide({ of: { subscriptionId, tenantId, name, state } }: { of: Subscription }) {
  const can = useCan(tenantId);
  const [open, setOpen] = useState<Decision>();
  const allow = useDecision(
    subscriptionId,
    name,
    state === 'pending' ? 'approve' : 'resume',
    () => undefined,
  );
  const stop = useDecision(subscriptionId, name, open ?? 'reject', () => setOpen(undefined));
  const stops = state === 'pending' ? 'reject' : state === 'active' ? 'suspend' : undefined;
  const allows = state === 'pending' ? 'Approve' : state === 'suspended' ? 'Resume' : undefined;
  const words = { reject: 'Reject', suspend: 'Suspend' } as const;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {allows && can('approveSubscription') && (
        <Button
          variant="inline-link"
          loading={allow.isPending}
          onClick={() => allow.mutate('')}
          ariaLabel={`${allows} ${name}`}
        >
          {allows}
        </Button>
      )}
      {stops && can('rejectSubscription') && (
        <Button variant="inline-link" onClick={() => setOpen(stops)} ariaLabel={`${words[stops]} ${name}`}>
          {words[stops]}
        </Button>
      )}
      {open && (
        <ReasonDialog
          title={`${words[open]} ${name}`}
          action={words[open]}
          needed={open === 'reject'}
          path={`/v1/subscriptions/${subscriptionId}/${open}`}
          words={['subscriptions', open, subscriptionId]}
          busy={stop.isPending}
          error={stop.error}
          onSubmit={stop.mutate}
          onDismiss={() => setOpen(undefined)}
        />
      )}
    </SpaceBetween>
  );
}

const DONE = {
  approve: 'is approved',
  resume: 'works again',
  reject: 'is rejected',
  suspend: 'is suspended',
} as const;

function useDecision(subscriptionId: string, name: string, decision: keyof typeof DONE, after: () => void) {
  const params = { path: { subscriptionId } };
  const one = '/v1/subscriptions/{subscriptionId}';
  return useChange(
    async (reason: string): Promise<object> => {
      const body = reason === '' ? {} : { reason };
      if (decision === 'approve') return (await api.POST(`${one}/approve`, { params, body: {} })).data;
      if (decision === 'resume') return (await api.POST(`${one}/resume`, { params, body: {} })).data;
      if (decision === 'reject') return (await api.POST(`${one}/reject`, { params, body })).data;
      return (await api.POST(`${one}/suspend`, { params, body })).data;
    },
    {
      stale: [SUBSCRIPTIONS, '/v1/approvals'],
      failed: `${name} was left as it is`,
      done: (result) =>
        'approval' in result
          ? { type: 'info', header: 'This waits for a second admin' }
          : { type: 'success', header: `${name} ${DONE[decision]}` },
      after,
    },
  );
}
