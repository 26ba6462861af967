import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { useCan, useMe } from '../../shared/api/me.ts';
import { Dialog } from '../../shared/form/dialog.tsx';
import { useOpen } from '../../shared/form/use-open.ts';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { useTenantChange } from './use-tenant-change.ts';

interface GoingLiveProps {
  readonly of: { readonly tenantId: string; readonly name: string };
}

/** That a tenant came by somebody's signing up, and how an operator lets it go live. */
export function GoingLive({ of: tenant }: GoingLiveProps) {
  const { tenantId } = tenant;
  const can = useCan(tenantId);
  const { tenants } = useMe();
  const [asks, setAsks] = useOpen<true>(`goLive.${tenantId}`);
  const isOperator = tenants === '*' && can('updateTenant');
  return (
    <>
      <Alert
        type="info"
        header="For the sandbox alone"
        action={isOperator && <Button onClick={() => setAsks(true)}>Let it go live</Button>}
      >
        Somebody signed up and got this tenant: it can have nothing live
        {isOperator ? '.' : ' until whoever runs this portal lets it.'}
      </Alert>
      {asks && <GoLiveDialog of={tenant} onDismiss={() => setAsks(undefined)} />}
    </>
  );
}

function GoLiveDialog({ of: { tenantId, name }, onDismiss }: GoingLiveProps & { onDismiss: () => void }) {
  const body = { sandboxOnly: false } as const;
  const goLive = useTenantChange(tenantId, body, { after: onDismiss, done: `${name} can go live` });
  return (
    <Dialog
      title={`Let ${name} go live`}
      action="Let it go live"
      busy={goLive.isPending}
      error={goLive.error}
      onSubmit={() => goLive.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="PATCH"
          path={`/v1/tenants/${tenantId}`}
          body={body}
          command={keywright(['tenants', 'go-live', tenantId])}
        />
      }
    >
      <Box>
        Its people can subscribe to live products from then on, as those of any tenant. There is no way back:
        to stop it, suspend the tenant.
      </Box>
    </Dialog>
  );
}
