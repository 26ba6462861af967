import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../api/answers.ts';
import { useCan, useMe } from '../api/me.ts';
import { reading } from '../api/queries.ts';

export type Tenant = Answer<'/v1/tenants/{tenantId}'>;

interface SuspendedProps {
  readonly of: Tenant;
  /** Leads to resuming it, where that can be done; shown to whom it is allowed. */
  readonly onResume?: () => void;
}

/** That a tenant is suspended: what comes of it, and who can end it. Nothing of one that is not. */
export function Suspended({ of: tenant, onResume }: SuspendedProps) {
  const can = useCan(tenant.tenantId);
  const isOperator = useMe().tenants === '*';
  if (tenant.status !== 'suspended') return null;
  const isHeld = tenant.suspendedByOperator === true;
  const mayResume = can('updateTenant') && (!isHeld || isOperator);
  const who = mayResume
    ? 'You can resume it in Settings of the admins’ portal.'
    : isHeld
      ? 'Whoever runs this suspended it: ask them to resume it.'
      : 'An admin of the tenant can resume it.';
  return (
    <Alert
      type="warning"
      header={`The tenant ${tenant.name} is suspended`}
      action={mayResume && onResume && <Button onClick={onResume}>Resume</Button>}
    >
      All calls with its keys and subscriptions are refused until it is resumed; they work again as they are
      then.
      {!(mayResume && onResume) && ` ${who}`}
    </Alert>
  );
}

/** The same of the tenant of something that is shown. */
export function SuspendedTenant({ tenantId }: { tenantId: string }) {
  const { data } = useQuery(reading('/v1/tenants/{tenantId}', { path: { tenantId } }));
  return data && <Suspended of={data} />;
}

/** The same of each tenant of the person’s own; whoever acts for all of them has no such list. */
export function SuspendedTenants() {
  const enabled = useMe().tenants !== '*';
  const { data } = useQuery({ ...reading('/v1/tenants', { query: { limit: 100 } }), enabled });
  const suspended = data?.items.filter(({ status }) => status === 'suspended') ?? [];
  if (suspended.length === 0) return null;
  return (
    <Box padding={{ bottom: 'm' }}>
      <SpaceBetween size="s">
        {suspended.map((tenant) => (
          <Suspended key={tenant.tenantId} of={tenant} />
        ))}
      </SpaceBetween>
    </Box>
  );
}
