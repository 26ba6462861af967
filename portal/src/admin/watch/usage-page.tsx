import { Page } from '../../shared/shell/page.tsx';
import { UsagePanel } from '../../shared/usage/usage-panel.tsx';
import { useScope } from '../scope.tsx';

export function UsagePage() {
  const { tenantId, base } = useScope();
  const pages = {
    api: (apiId: string) => `${base}/apis/${apiId}`,
    product: (productId: string) => `${base}/products?product=${productId}`,
  };
  return tenantId === undefined ? (
    <Page title="Usage" description="What was called with the keys and subscriptions of all tenants.">
      <UsagePanel pages={pages} />
    </Page>
  ) : (
    <Page title="Usage" description="What was called with this tenant’s keys and subscriptions.">
      <UsagePanel
        tenantId={tenantId}
        pages={{ ...pages, key: (id: string) => (id.startsWith('key_') ? `${base}/keys/${id}` : undefined) }}
      />
    </Page>
  );
}
