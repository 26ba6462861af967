import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { useCan } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { ReasonDialog } from '../../shared/approvals/reason-dialog.tsx';
import { useOpen } from '../../shared/form/use-open.ts';
import type { Column } from '../../shared/list/list.ts';
import { ListFilter } from '../../shared/list/list-filter.tsx';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { type FilterField, useUrlFilter } from '../../shared/list/url-filter.ts';
import { PersonName } from '../../shared/people/person-name.tsx';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { planInWords } from '../../shared/show/limits.ts';
import {
  STATES,
  SUBSCRIPTIONS,
  type Subscription,
  SubscriptionState,
} from '../../shared/show/subscription-state.tsx';
import { Time } from '../../shared/show/time.tsx';
import { EmptyState } from '../../shared/states/states.tsx';
import { useScope } from '../scope.tsx';
import { RequestName } from './request-name.tsx';
import { useQueueRows } from './use-queue-rows.ts';
import { showsState, stateField, WaitingOrAll, waitingFirst } from './waiting-or-all.tsx';

const FIELDS: readonly FilterField[] = [stateField(STATES), { key: 'productId', label: 'Product ID' }];

/** Subscriptions, and what can be decided about those that wait. */
export function SubscriptionList() {
  const { tenantId } = useScope();
  const { chosen, choose, clear } = useUrlFilter(FIELDS);
  const query = { ...waitingFirst(chosen), ...(tenantId && { tenantId }) };
  const paged = useQueueRows<Subscription, '/v1/subscriptions'>('subscriptions', SUBSCRIPTIONS, query);
  return (
    <ResourceList
      name="subscriptions"
      title="Subscriptions"
      what="subscriptions"
      wraps
      isPart
      idOf={({ subscriptionId }) => subscriptionId}
      columns={columnsOf(showsState(chosen))}
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

/** @param withState whether the state is shown until the person chooses otherwise */
function columnsOf(withState: boolean): Column<Subscription>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      isHead: true,
      width: 100,
      cell: ({ name }) => <RequestName>{name}</RequestName>,
    },
    {
      id: 'createdBy',
      header: 'Requested by',
      cell: ({ createdBy, createdByName, tenantId, tenantName }) => (
        <>
          <PersonName id={createdBy} name={createdByName} tenantId={tenantId} />
          <Box color="text-body-secondary" fontSize="body-s">
            {tenantName}
          </Box>
        </>
      ),
    },
    {
      id: 'product',
      header: 'Product',
      cell: ({ productName, environment }) => (
        <>
          {productName} <EnvironmentBadge environment={environment} />
        </>
      ),
    },
    { id: 'use', header: 'What for', width: 90, cell: ({ use }) => use ?? '–' },
    { id: 'plan', header: 'Plan', width: 125, cell: (subscription) => <Plan of={subscription} /> },
    {
      id: 'state',
      header: 'State',
      usual: withState,
      cell: ({ state, withdrawn }) => <SubscriptionState state={state} withdrawn={withdrawn} />,
    },
    { id: 'createdAt', header: 'Requested', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'tenantId', header: 'Tenant ID', usual: false, cell: ({ tenantId }) => tenantId },
    { id: 'productId', header: 'Product ID', usual: false, cell: ({ productId }) => productId },
    { id: 'actions', header: 'Actions', width: 150, cell: (subscription) => <Decide of={subscription} /> },
  ];
}

/** Of its own limits, where it has some, and else of its product's plan. */
function Plan({ of: { productId, limits } }: { of: Subscription }) {
  const { data } = useQuery({
    ...reading('/v1/products/{productId}', { path: { productId } }),
    enabled: limits === null,
  });
  const plan = limits ?? data?.plan;
  return plan === undefined ? '–' : planInWords(plan);
}

type Decision = 'reject' | 'suspend';

function Decide({ of: { subscriptionId, tenantId, name, state } }: { of: Subscription }) {
  const can = useCan(tenantId);
  const [open, setOpen] = useOpen<Decision>(`decide.${subscriptionId}`);
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
        <span data-decide={state === 'pending' ? 'approve' : undefined}>
          <Button
            variant="inline-link"
            loading={allow.isPending}
            onClick={() => allow.mutate('')}
            ariaLabel={`${allows} ${name}`}
          >
            {allows}
          </Button>
        </span>
      )}
      {stops && can('rejectSubscription') && (
        <span data-decide={state === 'pending' ? 'reject' : undefined}>
          <Button variant="inline-link" onClick={() => setOpen(stops)} ariaLabel={`${words[stops]} ${name}`}>
            {words[stops]}
          </Button>
        </span>
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
