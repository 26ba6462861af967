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
import { PersonName } from '../../shared/people/person-name.tsx';
import { useTitle } from '../../shared/shell/page.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { KeyStatus } from '../../shared/show/key-status.tsx';
import { Time } from '../../shared/show/time.tsx';
import { EmptyState } from '../../shared/states/states.tsx';
import { baseOf, useScope } from '../scope.tsx';
import { FIND_KEYS, type Key, maskedText } from './key.ts';

// Nobody needs it before something is chosen.
const BulkActions = lazy(async () => ({ default: (await import('./bulk-actions.tsx')).BulkActions }));

const YES_OR_NO = [
  { value: 'true', label: 'yes' },
  { value: 'false', label: 'no' },
];
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
  { key: 'expiresBefore', label: 'Expires before (such as 2027-01-31)' },
  { key: 'inOverlap', label: 'Being rotated', options: YES_OR_NO },
  { key: 'outOfPolicy', label: 'Out of policy', options: YES_OR_NO },
];
/** Among the keys of all tenants. */
const FIELDS_OF_ALL: readonly FilterField[] = [{ key: 'tenantId', label: 'Tenant ID' }, ...FIELDS];
/** A text alone is looked for in names, and is compared with IDs and last four characters. */
const FREE_TEXT = 'q';

/** The keys of a tenant, or of all that one acts for. */
export function KeysPage() {
  const { tenantId } = useScope();
  const fields = tenantId === undefined ? FIELDS_OF_ALL : FIELDS;
  const { chosen, choose, clear } = useUrlFilter(fields, FREE_TEXT);
  const paged = usePagedRows<Key, typeof FIND_KEYS>('keys', FIND_KEYS, {
    query: { ...asTimes(chosen), ...(tenantId !== undefined && { tenantId }) },
  });
  const columns = useColumns(tenantId);
  const can = useCan(tenantId);
  const [chosenKeys, setChosenKeys] = useState<readonly Key[]>([]);
  // Once there, it stays: the focus goes back to it when its dialog is closed.
  const [isChoosing, setChoosing] = useState(false);
  useTitle('Keys');
  return (
    <ResourceList
      name={tenantId === undefined ? 'keys-of-all' : 'keys'}
      title="Keys"
      what="keys"
      wraps
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
      filter={
        <ListFilter
          fields={fields}
          freeText={FREE_TEXT}
          placeholder="Filter keys"
          chosen={chosen}
          onChoose={choose}
        />
      }
      empty={<NoKeys tenantId={tenantId} />}
      onClear={Object.keys(chosen).length > 0 ? clear : undefined}
    />
  );
}

/** A day is its beginning. */
function asTimes({ expiresBefore, ...others }: Readonly<Record<string, string>>) {
  if (expiresBefore === undefined) return others;
  const isDay = /^\d{4}-\d\d-\d\d$/.test(expiresBefore);
  return { ...others, expiresBefore: isDay ? `${expiresBefore}T00:00:00.000Z` : expiresBefore };
}

type Of = { readonly tenantId: string | undefined };

function KeysHeader({ tenantId, children }: Of & { children: ReactNode }) {
  const can = useCan(tenantId);
  return (
    <Header
      variant="awsui-h1-sticky"
      description="What programs send to call your APIs."
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {children}
          {tenantId !== undefined && can('createKey') && (
            <Button variant="primary" href={`${baseOf(tenantId)}/keys/new`}>
              Create key
            </Button>
          )}
        </SpaceBetween>
      }
    >
      Keys
    </Header>
  );
}

function NoKeys({ tenantId }: Of) {
  const can = useCan(tenantId);
  return (
    <EmptyState
      title="No keys yet"
      {...(tenantId !== undefined &&
        can('createKey') && {
          command: keywright(['keys', 'create'], {
            name: 'Order service',
            type: 'secret',
            environment: 'sandbox',
            role: 'reader',
            tenant: tenantId,
          }),
        })}
      action={
        tenantId !== undefined &&
        can('createKey') && <Button href={`${baseOf(tenantId)}/keys/new`}>Create key</Button>
      }
    >
      A key lets a program call your APIs, as a role that you choose.
    </EmptyState>
  );
}

function useColumns(tenantId: string | undefined): Column<Key>[] {
  const { vendor } = useMe();
  return [
    {
      id: 'name',
      header: 'Name',
      isHead: true,
      width: 140,
      cell: (key) => <Link href={`${baseOf(key.tenantId)}/keys/${key.keyId}`}>{key.name}</Link>,
    },
    ...(tenantId === undefined ? [{ id: 'tenant', header: 'Tenant', cell: (key: Key) => key.tenantId }] : []),
    {
      id: 'environment',
      header: 'Environment',
      cell: ({ environment }) => <EnvironmentBadge environment={environment} />,
    },
    { id: 'status', header: 'Status', width: 115, cell: (key) => <KeyStatus of={key} /> },
    {
      id: 'key',
      header: 'Key',
      width: 200,
      cell: (key) => <span className="mono small">{maskedText(key, vendor)}</span>,
    },
    { id: 'type', header: 'Type', usual: false, cell: ({ type }) => type },
    { id: 'role', header: 'Role', cell: ({ role }) => role },
    {
      id: 'lastUsedAt',
      header: 'Last used',
      width: 115,
      cell: ({ lastUsedAt }) => <Time at={lastUsedAt} fallback="Never" />,
    },
    {
      id: 'expiresAt',
      header: 'Expires',
      width: 90,
      cell: ({ expiresAt }) => <Time at={expiresAt} fallback="Never" />,
    },
    { id: 'createdAt', header: 'Created', usual: false, cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      id: 'createdBy',
      header: 'Created by',
      usual: false,
      cell: ({ createdBy, createdByName, tenantId: of }) => (
        <PersonName id={createdBy} name={createdByName} tenantId={of} />
      ),
    },
  ];
}
