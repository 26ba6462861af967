import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useCan, useMe } from '../../shared/api/me.ts';
import type { Column } from '../../shared/list/list.ts';
import { ListFilter } from '../../shared/list/list-filter.tsx';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { type FilterField, useUrlFilter } from '../../shared/list/url-filter.ts';
import { usePagedRows } from '../../shared/list/use-paged-rows.ts';
import { useTitle } from '../../shared/shell/page.tsx';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { KeyStatus } from '../../shared/show/key-status.tsx';
import { Time } from '../../shared/show/time.tsx';
import { EmptyState } from '../../shared/states/states.tsx';
import { baseOf, useTenantId } from '../scope.tsx';
import { KEYS, type Key, maskedText } from './key.ts';

// Nobody needs it before something is chosen.
const BulkActions = lazy(async () => ({ default: (await import('./bulk-actions.tsx')).BulkActions }));

const FIELDS: readonly FilterField[] = [
  {
    key: 'status',
    label: 'Status',
    options: ['active', 'disabled', 'revoked', 'expired'].map((value) => ({ value, label: value })),
  },
  {
    key: 'environment',
    label: 'Environment',
    options: ['sandbox', 'live'].map((value) => ({ value, label: value })),
  },
  {
    key: 'type',
    label: 'Type',
    options: ['secret', 'publishable'].map((value) => ({ value, label: value })),
  },
  { key: 'role', label: 'Role' },
  {
    key: 'unusedSinceDays',
    label: 'Unused for days',
    options: ['30', '90', '365'].map((value) => ({ value, label: value })),
  },
];

/** The keys of a tenant. */
export function KeysPage() {
  const tenantId = useTenantId();
  const { chosen, choose, clear } = useUrlFilter(FIELDS);
  const paged = usePagedRows<Key, typeof KEYS>('keys', KEYS, { path: { tenantId }, query: chosen });
  const columns = useColumns(tenantId);
  const can = useCan(tenantId);
  const [chosenKeys, setChosenKeys] = useState<readonly Key[]>([]);
  // Once there, it stays: the focus goes back to it when its dialog is closed.
  const [isChoosing, setChoosing] = useState(false);
  useTitle('Keys');
  return (
    <ResourceList
      name="keys"
      title="Keys"
      what="keys"
      idOf={({ keyId }) => keyId}
      columns={columns}
      paged={paged}
      header={
        <KeysHeader tenantId={tenantId}>
          {isChoosing && (
            <Suspense fallback={null}>
              <BulkActions tenantId={tenantId} keys={chosenKeys} onDone={() => setChosenKeys([])} />
            </Suspense>
          )}
        </KeysHeader>
      }
      {...((can('disableKey') || can('revokeKey')) && {
        selection: {
          rows: chosenKeys,
          onChange: (rows: Key[]) => {
            setChosenKeys(rows);
            setChoosing(true);
          },
          labelOf: ({ name }: Key) => name,
        },
      })}
      filter={<ListFilter fields={FIELDS} placeholder="Filter keys" chosen={chosen} onChoose={choose} />}
      empty={<NoKeys tenantId={tenantId} />}
      onClear={Object.keys(chosen).length > 0 ? clear : undefined}
    />
  );
}

function KeysHeader({ tenantId, children }: { tenantId: string; children: ReactNode }) {
  const can = useCan(tenantId);
  return (
    <Header
      variant="awsui-h1-sticky"
      description="What programs send to call your APIs."
      actions={
        can('createKey') && (
          <SpaceBetween direction="horizontal" size="xs">
            {children}
            <Button variant="primary" href={`${baseOf(tenantId)}/keys/new`}>
              Create key
            </Button>
          </SpaceBetween>
        )
      }
    >
      Keys
    </Header>
  );
}

function NoKeys({ tenantId }: { tenantId: string }) {
  const can = useCan(tenantId);
  return (
    <EmptyState
      title="No keys yet"
      action={can('createKey') && <Button href={`${baseOf(tenantId)}/keys/new`}>Create key</Button>}
    >
      A key lets a program call your APIs, as a role that you choose.
    </EmptyState>
  );
}

function useColumns(tenantId: string): Column<Key>[] {
  const { vendor } = useMe();
  return [
    {
      id: 'name',
      header: 'Name',
      isHead: true,
      width: 110,
      cell: ({ keyId, name }) => <Link href={`${baseOf(tenantId)}/keys/${keyId}`}>{name}</Link>,
    },
    {
      id: 'environment',
      header: 'Environment',
      cell: ({ environment }) => <EnvironmentBadge environment={environment} />,
    },
    { id: 'status', header: 'Status', cell: (key) => <KeyStatus of={key} /> },
    {
      id: 'key',
      header: 'Key',
      width: 220,
      cell: (key) => <span className="mono small">{maskedText(key, vendor)}</span>,
    },
    { id: 'type', header: 'Type', usual: false, cell: ({ type }) => type },
    { id: 'role', header: 'Role', cell: ({ role }) => role },
    {
      id: 'lastUsedAt',
      header: 'Last used',
      cell: ({ lastUsedAt }) => <Time at={lastUsedAt} fallback="Never" />,
    },
    { id: 'expiresAt', header: 'Expires', cell: ({ expiresAt }) => <Time at={expiresAt} fallback="Never" /> },
    { id: 'createdAt', header: 'Created', usual: false, cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'createdBy', header: 'Created by', usual: false, cell: ({ createdBy }) => createdBy },
  ];
}
