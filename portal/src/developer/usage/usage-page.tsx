import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { reading } from '../../shared/api/queries.ts';
import { Page } from '../../shared/shell/page.tsx';
import { SUBSCRIPTIONS } from '../../shared/show/subscription-state.tsx';
import { UsagePanel } from '../../shared/usage/usage-panel.tsx';
import { OwnTenant } from '../own-tenant.tsx';

/** What was called with a tenant's keys, or with those of one subscription. */
export function UsagePage() {
  return <OwnTenant>{(tenantId, choice) => <Usage tenantId={tenantId} choice={choice} />}</OwnTenant>;
}

const PAGES = { product: (productId: string) => `/products/${productId}` };
const ALL = { value: '', label: 'All keys and subscriptions' };

function Usage({ tenantId, choice }: { tenantId: string; choice: ReactNode }) {
  const [search, setSearch] = useSearchParams();
  const { data } = useQuery(reading(SUBSCRIPTIONS, { query: { tenantId, limit: 100 } }));
  const options = [
    ALL,
    ...(data?.items ?? []).map(({ subscriptionId, name, productName }) => ({
      value: subscriptionId,
      label: name,
      description: productName,
    })),
  ];
  const chosen = options.find(({ value }) => value === search.get('of')) ?? ALL;
  const choose = (of: string) =>
    setSearch(
      (before) => {
        const next = { ...Object.fromEntries(before), of };
        return new URLSearchParams(Object.entries(next).filter(([, value]) => value !== ''));
      },
      { replace: true },
    );
  return (
    <Page title="Usage" description="What was called with your team’s keys. It is counted within minutes.">
      <SpaceBetween size="l">
        <SpaceBetween direction="horizontal" size="s">
          {choice && <FormField label="Tenant">{choice}</FormField>}
          <FormField label="Called with">
            <Select
              selectedOption={chosen}
              options={options}
              onChange={({ detail }) => choose(detail.selectedOption.value ?? '')}
            />
          </FormField>
        </SpaceBetween>
        <UsagePanel
          key={chosen.value}
          tenantId={tenantId}
          pages={PAGES}
          {...(chosen !== ALL && { keyId: chosen.value })}
        />
      </SpaceBetween>
    </Page>
  );
}
