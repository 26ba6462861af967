import { Page } from '../../shared/shell/page.tsx';
import { UsagePanel } from '../../shared/usage/usage-panel.tsx';
import { useScope } from '../scope.tsx';

export function UsagePage() {
  const { tenantId } = useScope();
  return tenantId === undefined ? (
    <Page title="Usage" description="What was called with the keys and subscriptions of all tenants.">
      <UsagePanel />
    </Page>
  ) : (
    <Page title="Usage" description="What was called with this tenant’s keys and subscriptions.">
      <UsagePanel tenantId={tenantId} />
    </Page>
  );
}
