import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { KeywrightError } from '../../../../client/keywright-client.ts';
import { ErrorState } from '../../shared/states/states.tsx';
import { baseOf } from '../scope.tsx';
import type { Key } from './key.ts';
import { useGrants } from './use-grants.ts';

/** What the key may do at this moment, and where that comes from. */
export function KeyPermissions({ of: key }: { of: Key }) {
  const { tenantId, role } = key;
  const { grants, error, retry } = useGrants(key);
  const isGone = error instanceof KeywrightError && error.status === 404;
  if (error && grants === undefined && !isGone) return <ErrorState error={error} retry={retry} />;
  return (
    <Table
      items={grants ?? []}
      loading={grants === undefined && !isGone}
      loadingText="Loading permissions"
      variant="container"
      trackBy="permission"
      ariaLabels={{ tableLabel: 'Permissions' }}
      header={
        <Header variant="h3" description={aboutOf(key)}>
          Permissions
        </Header>
      }
      columnDefinitions={[
        {
          id: 'permission',
          header: 'Permission',
          isRowHeader: true,
          cell: ({ permission }) => <span className="mono">{permission}</span>,
        },
        {
          id: 'has',
          header: 'This key',
          cell: ({ has, from }) => (
            <>
              <StatusIndicator type={has ? 'success' : 'stopped'}>
                {has ? 'Allowed' : from === 'role' ? 'Left out of this key' : 'Not of the role any more'}
              </StatusIndicator>
              <Box color="text-body-secondary" fontSize="body-s">
                {from === 'key' ? (
                  'This key’s own'
                ) : (
                  <>
                    From <Link href={`${baseOf(tenantId)}/roles`}>role {role}</Link>
                  </>
                )}
              </Box>
            </>
          ),
        },
      ]}
      empty={
        <Box textAlign="center">
          {isGone ? `There is no role ${role} any more: the key may do nothing.` : 'The role allows nothing.'}
        </Box>
      }
    />
  );
}

function aboutOf({ type, role, permissions }: Key): string {
  if (type === 'publishable') return 'A publishable key opens public routes alone, whatever its role has.';
  return permissions === null
    ? `All that the role ${role} has; what the role gets or loses, this key does within five seconds.`
    : `The role ${role}, narrowed to permissions of this key’s own.`;
}
