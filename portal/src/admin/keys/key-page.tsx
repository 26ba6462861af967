import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'react-router';
import { reading } from '../../shared/api/queries.ts';
import { PersonName } from '../../shared/people/person-name.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { Time } from '../../shared/show/time.tsx';
import { PageSkeleton } from '../../shared/states/page-skeleton.tsx';
import { ErrorState } from '../../shared/states/states.tsx';
import { UsagePanel } from '../../shared/usage/usage-panel.tsx';
import { baseOf, useTenantId } from '../scope.tsx';
import { AuditList } from '../watch/audit-list.tsx';
import { KEY, type Key } from './key.ts';
import { KeyActions } from './key-actions.tsx';
import { KeyOverview } from './key-overview.tsx';
import { KeyPermissions } from './key-permissions.tsx';
import { KeySecrets } from './key-secrets.tsx';
import { KeySnippets } from './key-snippets.tsx';
import { Receipt } from './receipt.tsx';

/** One key, from all sides. */
export function KeyPage() {
  const tenantId = useTenantId();
  const { keyId = '' } = useParams();
  const { data: key, error, refetch } = useQuery(reading(KEY, { path: { tenantId, keyId } }));
  if (key === undefined) {
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <PageSkeleton />;
  }
  return (
    <Page
      title={key.name}
      beside={<EnvironmentBadge environment={key.environment} />}
      above={[{ text: 'Keys', href: `${baseOf(tenantId)}/keys` }]}
      actions={<KeyActions of={key} />}
    >
      <SpaceBetween size="l">
        <Stopped of={key} />
        <KeyOverview of={key} />
        {(key.status === 'revoked' || key.status === 'disabled') && (
          <Container header={<Header variant="h2">Receipt</Header>}>
            <Receipt of={key} />
          </Container>
        )}
        <Sides of={key} />
      </SpaceBetween>
    </Page>
  );
}

/** Of a key that was stopped, when, by whom and why. */
function Stopped({ of: key }: { of: Key }) {
  const { status, reason, tenantId } = key;
  if (status !== 'revoked' && status !== 'disabled') return null;
  const [at, by, name] =
    status === 'revoked'
      ? [key.revokedAt, key.revokedBy, key.revokedByName]
      : [key.disabledAt, key.disabledBy, key.disabledByName];
  return (
    <Alert
      type={status === 'revoked' ? 'info' : 'warning'}
      header={status === 'revoked' ? 'This key never works again' : 'This key is disabled'}
    >
      {status === 'revoked' ? 'Revoked' : 'Its calls are refused until it is enabled. Disabled'}
      {at && (
        <>
          {' '}
          <Time at={at} />
        </>
      )}
      {by && (
        <>
          {' by '}
          <PersonName id={by} name={name} tenantId={tenantId} />
        </>
      )}
      .{reason && <div>Reason: {reason}</div>}
    </Alert>
  );
}

/** The tab stands in the address, so that it can be sent to others. */
function Sides({ of: key }: { of: Key }) {
  const [search, setSearch] = useSearchParams();
  return (
    <Tabs
      ariaLabel="About the key"
      activeTabId={search.get('tab') ?? 'secrets'}
      onChange={({ detail }) => setSearch({ tab: detail.activeTabId }, { replace: true })}
      tabs={[
        { id: 'secrets', label: 'Secrets', content: <KeySecrets of={key} /> },
        { id: 'permissions', label: 'Permissions', content: <KeyPermissions of={key} /> },
        { id: 'usage', label: 'Usage', content: <UsagePanel tenantId={key.tenantId} keyId={key.keyId} /> },
        {
          id: 'activity',
          label: 'Activity',
          content: <AuditList tenantId={key.tenantId} subject={key.keyId} />,
        },
        { id: 'snippets', label: 'Code', content: <KeySnippets of={key} /> },
      ]}
    />
  );
}
