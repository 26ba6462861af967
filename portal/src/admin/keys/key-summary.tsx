import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';
import { AsCode } from '../../shared/show/as-code.tsx';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { Facts } from '../../shared/show/facts.tsx';
import { dayOf, useNow } from '../../shared/show/time.tsx';
import { keyCommand } from './key-command.ts';
import { bodyOf, endOf, linesOf, type NewKey } from './new-key.ts';

/** What is about to be made, as it is chosen. */
export function KeySummary({ tenantId, draft }: { tenantId: string; draft: NewKey }) {
  const now = useNow();
  const { data } = useQuery(reading('/v1/tenants/{tenantId}/roles', { path: { tenantId } }));
  const role = data?.items.find((each) => each.role === draft.role);
  const permissions = draft.permissions.length > 0 ? draft.permissions : (role?.permissions ?? []);
  const body = bodyOf(draft, now);
  const end = endOf(draft.ends, now);
  const cidrs = linesOf(draft.cidrs);
  return (
    <Container header={<Header variant="h2">Summary</Header>}>
      <SpaceBetween size="m">
        <Facts
          columns={1}
          facts={[
            ['Name', draft.name.trim() || '–'],
            ['Kind', <Kind key="kind" {...draft} />],
            [
              'What it can call',
              <Permissions key="permissions" type={draft.type} permissions={permissions} />,
            ],
            ['From', cidrs.length > 0 ? cidrs.join(', ') : 'Any network'],
            ['Expires', end ? dayOf(end) : 'Never'],
          ]}
        />
        <AsCode
          method="POST"
          path={`/v1/tenants/${tenantId}/keys`}
          body={body}
          command={keyCommand(tenantId, ['create'], body)}
        />
      </SpaceBetween>
    </Container>
  );
}

function Kind({ environment, type }: NewKey) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <EnvironmentBadge environment={environment} />
      <span>{type}</span>
    </SpaceBetween>
  );
}

function Permissions({ type, permissions }: { type: NewKey['type']; permissions: readonly string[] }) {
  if (permissions.length === 0) return <Box color="text-body-secondary">Nothing until it has a role</Box>;
  return (
    <div>
      {permissions.map((permission) => (
        <div key={permission} className="mono">
          {permission}
        </div>
      ))}
      {type === 'publishable' && (
        <Box color="text-body-secondary" fontSize="body-s">
          Of that, what is read from public routes.
        </Box>
      )}
    </div>
  );
}
