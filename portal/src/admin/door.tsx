import { Suspense } from 'react';
import { Navigate, Outlet, Route, Routes } from 'react-router';
import { useMe } from '../shared/api/me.ts';
import { Shell } from '../shared/shell/shell.tsx';
import { PageSkeleton } from '../shared/states/page-skeleton.tsx';
import { NotFoundState } from '../shared/states/states.tsx';
import { KeysPage } from './keys/keys-page.tsx';
import { navigationOf } from './navigation.ts';
import { baseOf, lastTenant, useScope } from './scope.tsx';
import { TenantSwitch } from './tenant-switch.tsx';

/** What admins and auditors use: `/admin`. */
export function Component() {
  return (
    <Routes>
      <Route index element={<Start />} />
      <Route path="all" element={<Frame />}>
        {pagesOfAll}
      </Route>
      <Route path="tenants/:tenantId" element={<Frame />}>
        {pagesOfTenant}
      </Route>
      <Route path="*" element={<NotFoundState />} />
    </Routes>
  );
}

const pagesOfAll = (
  <>
    <Route index element={<Navigate to="overview" replace />} />
    <Route path="*" element={<NotFoundState />} />
  </>
);

const pagesOfTenant = (
  <>
    <Route index element={<Navigate to="keys" replace />} />
    <Route path="keys" element={<KeysPage />} />
    <Route path="*" element={<NotFoundState />} />
  </>
);

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
  return (
    <Shell
      home={scope.base}
      otherDoor={{ text: 'Developers', href: '/' }}
      items={navigationOf(scope)}
      control={<TenantSwitch scope={scope} />}
    >
      <Suspense fallback={<PageSkeleton />}>
        <Outlet />
      </Suspense>
    </Shell>
  );
}
