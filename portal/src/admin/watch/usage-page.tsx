import { Page } from '../../shared/shell/page.tsx';
import { UsagePanel } from '../../shared/usage/usage-panel.tsx';
import { useTenantId } from '../scope.tsx';

export function UsagePage() {
  return (
    <Page title="Usage" description="What was called with this tenant’s keys and subscriptions.">
      <UsagePanel tenantId={useTenantId()} />
    </Page>
  );
}
