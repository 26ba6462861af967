import Box from '@cloudscape-design/components/box';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { Navigate, Outlet, Route, Routes } from 'react-router';
import { useCan, useMe } from '../shared/api/me.ts';
import { reading } from '../shared/api/queries.ts';
import { Shell } from '../shared/shell/shell.tsx';
import { PageSkeleton } from '../shared/states/page-skeleton.tsx';
import { NotFoundState } from '../shared/states/states.tsx';
import { KeysPage } from './keys/keys-page.tsx';
import { navigationOf } from './navigation.ts';
import { baseOf, lastTenant, useScope } from './scope.tsx';
import { TenantSwitch } from './tenant-switch.tsx';

// Of a tenant that is suspended alone.
const Resumable = lazy(async () => ({ default: (await import('./tenants/suspension.tsx')).Resumable }));
// The list of keys is what the door opens with; the rest comes when it is gone to.
const OverviewPage = lazy(async () => ({
  default: (await import('./tenants/overview-page.tsx')).OverviewPage,
}));
const CreateKeyPage = lazy(async () => ({
  default: (await import('./keys/create-key-page.tsx')).CreateKeyPage,
}));
const KeyPage = lazy(async () => ({ default: (await import('./keys/key-page.tsx')).KeyPage }));
const EditKeyPage = lazy(async () => ({
  default: (await import('./keys/edit-key-page.tsx')).EditKeyPage,
}));
const RotationPage = lazy(async () => ({ default: (await import('./keys/rotation-page.tsx')).RotationPage }));
const RolesPage = lazy(async () => ({ default: (await import('./tenants/roles-page.tsx')).RolesPage }));
const SettingsPage = lazy(async () => ({
  default: (await import('./tenants/settings-page.tsx')).SettingsPage,
}));
const MembersPage = lazy(async () => ({ default: (await import('./people/members-page.tsx')).MembersPage }));
const QueuePage = lazy(async () => ({ default: (await import('./queue/queue-page.tsx')).QueuePage }));
const OneApprovalPage = lazy(async () => ({
  default: (await import('./queue/one-approval-page.tsx')).OneApprovalPage,
}));
const AuditPage = lazy(async () => ({ default: (await import('./watch/audit-page.tsx')).AuditPage }));
const UsagePage = lazy(async () => ({ default: (await import('./watch/usage-page.tsx')).UsagePage }));
const AlertsPage = lazy(async () => ({ default: (await import('./watch/alerts-page.tsx')).AlertsPage }));
const ExplainPage = lazy(async () => ({
  default: (await import('./watch/explain-page.tsx')).AdminsExplainPage,
}));
const ApisPage = lazy(async () => ({ default: (await import('./catalogue/apis-page.tsx')).ApisPage }));
const ApiPage = lazy(async () => ({ default: (await import('./catalogue/api-page.tsx')).ApiPage }));
const EditApiPage = lazy(async () => ({
  default: (await import('./catalogue/edit-api-page.tsx')).EditApiPage,
}));
const EditRoutesPage = lazy(async () => ({
  default: (await import('./catalogue/edit-routes-page.tsx')).EditRoutesPage,
}));
const DocumentPage = lazy(async () => ({
  default: (await import('./catalogue/document-page.tsx')).DocumentPage,
}));
const ProductsPage = lazy(async () => ({
  default: (await import('./catalogue/products-page.tsx')).ProductsPage,
}));

/** What admins and auditors use: `/admin`. */
export function Component() {
  return (
    <Routes>
      <Route index element={<Start />} />
      <Route path="all" element={<Frame />}>
        {routesOf(ofAll, 'overview')}
      </Route>
      <Route path="tenants/:tenantId" element={<Frame />}>
        {routesOf(ofTenant, 'overview')}
      </Route>
      <Route path="*" element={<NotFoundState />} />
    </Routes>
  );
}

/** Pages of one tenant, and those that are also of all that a person acts for. */
const ofAll = [
  ['overview', <OverviewPage key="overview" />],
  ['keys', <KeysPage key="keys" />],
  ['queue', <QueuePage key="queue" />],
  ['queue/:approvalId', <OneApprovalPage key="approval" />],
  ['audit', <AuditPage key="audit" />],
  ['alerts', <AlertsPage key="alerts" />],
  ['explain', <ExplainPage key="explain" />],
  ['apis', <ApisPage key="apis" />],
  ['apis/:apiId', <ApiPage key="api" />],
  ['apis/:apiId/edit', <EditApiPage key="edit-api" />],
  ['apis/:apiId/routes', <EditRoutesPage key="routes" />],
  ['apis/:apiId/openapi', <DocumentPage key="document" />],
  ['products', <ProductsPage key="products" />],
  ['usage', <UsagePage key="usage" />],
] as const;
const ofTenant = [
  ...ofAll,
  ['keys/new', <CreateKeyPage key="new" />],
  ['keys/:keyId', <KeyPage key="key" />],
  ['keys/:keyId/edit', <EditKeyPage key="edit" />],
  ['keys/:keyId/rotation', <RotationPage key="rotation" />],
  ['roles', <RolesPage key="roles" />],
  ['members', <MembersPage key="members" />],
  ['settings', <SettingsPage key="settings" />],
] as const;

function routesOf(pages: readonly (readonly [string, ReactNode])[], first: string): ReactNode {
  return (
    <>
      <Route index element={<Navigate to={first} replace />} />
      {pages.map(([path, page]) => (
        <Route key={path} path={path} element={page} />
      ))}
      <Route path="*" element={<NotFoundState />} />
    </>
  );
}

/** Begins with the tenant of the last time, the only one, or all of them. */
function Start() {
  const { tenants } = useMe();
  const kept = lastTenant();
  const own = tenants === '*' ? undefined : tenants.map(({ tenantId }) => tenantId);
  const first = kept !== undefined && (own === undefined || own.includes(kept)) ? kept : own?.[0];
  return <Navigate to={baseOf(first)} replace />;
}

function Frame() {
  const scope = useScope();
  const { tenantId } = scope;
  const isOperator = useMe().tenants === '*';
  return (
    <Shell
      home={scope.base}
      otherDoor={{ text: 'Developers', href: '/' }}
      items={navigationOf(scope, useCan(scope.tenantId), isOperator)}
      control={<TenantSwitch scope={scope} />}
      findCommands={async (text) => (await import('./find-keys.ts')).findKeys(tenantId, text)}
    >
      {tenantId !== undefined && <Standing key={tenantId} tenantId={tenantId} />}
      <Suspense fallback={<PageSkeleton />}>
        <Outlet />
      </Suspense>
    </Shell>
  );
}

/** Above every page of a tenant that is suspended: whatever one does there, no call comes in. */
function Standing({ tenantId }: { tenantId: string }) {
  const { data } = useQuery(reading('/v1/tenants/{tenantId}', { path: { tenantId } }));
  if (data?.status !== 'suspended') return null;
  return (
    <Suspense fallback={null}>
      <Box padding={{ bottom: 'm' }}>
        <Resumable of={data} />
      </Box>
    </Suspense>
  );
}
