import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCan } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { ConfirmName } from '../../shared/form/confirm-name.tsx';
import { Dialog } from '../../shared/form/dialog.tsx';
import { useOpen } from '../../shared/form/use-open.ts';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { Facts } from '../../shared/show/facts.tsx';
import { count } from '../../shared/show/limits.ts';
import { Suspended, type Tenant } from '../../shared/show/suspended.tsx';
import { useTenantChange } from './use-tenant-change.ts';

interface SuspensionProps {
  readonly of: Tenant;
}

/** Stops all of a tenant's keys at once. */
export function Suspend({ of: tenant }: SuspensionProps) {
  const can = useCan(tenant.tenantId);
  const [asks, setAsks] = useOpen<true>(`suspension.${tenant.tenantId}`);
  if (tenant.status === 'suspended' || !can('updateTenant')) return null;
  return (
    <>
      <Button onClick={() => setAsks(true)}>Suspend tenant</Button>
      {asks && <SuspensionDialog of={tenant} onDismiss={() => setAsks(undefined)} />}
    </>
  );
}

/** That a tenant is suspended, and the way back. */
export function Resumable({ of: tenant }: SuspensionProps) {
  const [asks, setAsks] = useOpen<true>(`suspension.${tenant.tenantId}`);
  return (
    <>
      <Suspended of={tenant} onResume={() => setAsks(true)} />
      {asks && <SuspensionDialog of={tenant} onDismiss={() => setAsks(undefined)} />}
    </>
  );
}

/** Suspends a tenant, or resumes one that is suspended. */
function SuspensionDialog({
  of: { tenantId, name, status },
  onDismiss,
}: SuspensionProps & { onDismiss: () => void }) {
  const [typed, setTyped] = useState('');
  const suspends = status === 'active';
  const body = { status: suspends ? 'suspended' : 'active' } as const;
  const change = useTenantChange(tenantId, body, {
    after: onDismiss,
    done: suspends ? `${name} is suspended` : `${name} is let in again`,
  });
  return (
    <Dialog
      title={suspends ? `Suspend ${name}` : `Resume ${name}`}
      action={suspends ? 'Suspend' : 'Resume'}
      busy={change.isPending}
      disabled={suspends && typed !== name}
      error={change.error}
      onSubmit={() => change.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="PATCH"
          path={`/v1/tenants/${tenantId}`}
          body={body}
          command={keywright(['tenants', suspends ? 'suspend' : 'resume', tenantId])}
        />
      }
    >
      {suspends && (
        <Alert type="warning">
          Within five seconds all calls with its keys and subscriptions are refused, live and sandbox.
        </Alert>
      )}
      {suspends && <WhatStops tenantId={tenantId} />}
      <Box>
        {suspends
          ? 'Nothing is lost: once it is resumed, its keys work again as they are.'
          : 'Within five seconds its keys and subscriptions are let in again. Those that have ended, or were disabled one by one, stay refused.'}
      </Box>
      {suspends && <ConfirmName name={name} typed={typed} onType={setTyped} />}
    </Dialog>
  );
}

/** Who would notice. */
function WhatStops({ tenantId }: { tenantId: string }) {
  const { data } = useQuery(reading('/v1/summary', { query: { tenantId } }));
  const { active } = data?.keys ?? {};
  const requests = data?.requests?.today.requests;
  return (
    <Facts
      columns={2}
      facts={[
        ['Active keys', active && `${count(active.live)} live, ${count(active.sandbox)} sandbox`],
        ['Requests today', requests === undefined ? '–' : count(requests)],
      ]}
    />
  );
}
