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
import { type Reached, reachOf } from './key-reach.ts';
import { bodyOf, endOf, linesOf, type NewKey } from './new-key.ts';
import { useApisOf } from './use-apis.ts';

/** What is about to be made, as it is chosen. */
export function KeySummary({ tenantId, draft }: { tenantId: string; draft: NewKey }) {
  const now = useNow();
  const { data } = useQuery(reading('/v1/tenants/{tenantId}/roles', { path: { tenantId } }));
  const role = data?.items.find((each) => each.role === draft.role);
  const permissions = draft.permissions.length > 0 ? draft.permissions : (role?.permissions ?? []);
  const apis = useApisOf(draft.environment);
  const reached = apis && reachOf(apis, { ...draft, permissions });
  const body = bodyOf(draft, now);
  const end = endOf(draft.ends, now);
  const cidrs = linesOf(draft.cidrs);
  const origins = linesOf(draft.origins);
  return (
    <Container header={<Header variant="h2">Summary</Header>}>
      <SpaceBetween size="m">
        <Facts
          columns={1}
          facts={[
            ['Name', draft.name.trim() || '–'],
            ['Kind', <Kind key="kind" {...draft} />],
            ['Permissions', <Permissions key="permissions" permissions={permissions} />],
            ...(role === undefined || reached === undefined
              ? []
              : [['What this key can call', <Reach key="reach" of={reached} />] as const]),
            ['From', cidrs.length > 0 ? cidrs.join(', ') : 'Any network'],
            ...(origins.length > 0 ? [['Web origins', origins.join(', ')] as const] : []),
            ...(draft.perMinute === '' ? [] : [['At most', `${draft.perMinute} a minute`] as const]),
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

function Permissions({ permissions }: { permissions: readonly string[] }) {
  if (permissions.length === 0) return <Box color="text-body-secondary">None until it has a role</Box>;
  return (
    <div>
      {permissions.map((permission) => (
        <div key={permission} className="mono">
          {permission}
        </div>
      ))}
    </div>
  );
}

/** Of an API with many routes the first ones: what matters is which, not every last one. */
const MOST_ROUTES = 8;

function Reach({ of: reached }: { of: readonly Reached[] }) {
  if (reached.length === 0)
    return <Box color="text-body-secondary">No route of an API of this environment</Box>;
  return (
    <SpaceBetween size="xs">
      {reached.map(({ apiId, name, routes, isByResource }) => (
        <div key={apiId}>
          {name}
          {isByResource && (
            <Box color="text-body-secondary" fontSize="body-s">
              Whatever path its permissions name: no routes are declared
            </Box>
          )}
          {routes.slice(0, MOST_ROUTES).map((route) => (
            <div key={route} className="mono small">
              {route}
            </div>
          ))}
          {routes.length > MOST_ROUTES && (
            <Box color="text-body-secondary" fontSize="body-s">
              and {routes.length - MOST_ROUTES} more routes
            </Box>
          )}
        </div>
      ))}
    </SpaceBetween>
  );
}
