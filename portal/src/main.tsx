import '@cloudscape-design/global-styles/index.css';
import './shared/shell/portal.css';
import I18nProvider from '@cloudscape-design/components/i18n';
import english from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, Outlet } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { configReading } from './shared/api/config.ts';
import { keepInvitationToken } from './shared/api/invitation-token.ts';
import { meReading, useMe } from './shared/api/me.ts';
import { queryClient } from './shared/api/queries.ts';
import { isAdminsDoorOpenTo, isOfNoTenant } from './shared/shell/doors.ts';
import { Links } from './shared/shell/links.tsx';
import { SignedIn } from './shared/shell/signed-in.tsx';
import { PageSkeleton } from './shared/states/page-skeleton.tsx';
import { Unexpected } from './shared/states/unexpected.tsx';

keepInvitationToken();

// Asked for at once, while the door's code is on its way.
void queryClient.prefetchQuery(configReading);
void queryClient.prefetchQuery(meReading());

const WelcomeDoor = lazy(async () => ({
  default: (await import('./developer/welcome/welcome-door.tsx')).WelcomeDoor,
}));
const GuestDoor = lazy(async () => ({ default: (await import('./developer/guest-door.tsx')).GuestDoor }));

function Root() {
  return (
    <Links>
      <SignedIn guests={<GuestDoor />}>
        <Door />
      </SignedIn>
    </Links>
  );
}

/** Whoever acts for no tenant finds nothing behind either door, and how to come to one in their place. */
function Door() {
  const me = useMe();
  if (!isOfNoTenant(me)) return <Outlet />;
  return (
    <Suspense fallback={<PageSkeleton />}>
      <WelcomeDoor />
    </Suspense>
  );
}

/** Whoever has nothing to do behind the admins' door finds at its address what is at any other: nothing. */
async function adminsDoor() {
  const me = await queryClient.ensureQueryData(meReading()).catch(() => undefined);
  return me !== undefined && isAdminsDoorOpenTo(me)
    ? import('./admin/door.tsx')
    : import('./developer/door.tsx');
}

/** Two doors, each in a part of its own: a developer's browser never loads the admins'. */
const router = createBrowserRouter([
  {
    Component: Root,
    ErrorBoundary: Unexpected,
    HydrateFallback: PageSkeleton,
    children: [
      { path: '/admin/*', lazy: adminsDoor },
      { path: '/*', lazy: () => import('./developer/door.tsx') },
    ],
  },
]);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has lost its root');
createRoot(root).render(
  <StrictMode>
    <I18nProvider locale="en" messages={[english]}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
);
