import { lazy, Suspense } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { useCan, useMe } from '../shared/api/me.ts';
import { isAdminsDoorOpenTo } from '../shared/shell/doors.ts';
import { Shell } from '../shared/shell/shell.tsx';
import { PageSkeleton } from '../shared/states/page-skeleton.tsx';
import { NotFoundState } from '../shared/states/states.tsx';
import { pagesFor } from './navigation.ts';

const CataloguePage = lazy(async () => ({
  default: (await import('./catalogue/catalogue-page.tsx')).CataloguePage,
}));
const ProductPage = lazy(async () => ({
  default: (await import('./catalogue/product-page.tsx')).ProductPage,
}));
const SubscriptionsPage = lazy(async () => ({
  default: (await import('./subscriptions/subscriptions-page.tsx')).SubscriptionsPage,
}));
const SubscriptionPage = lazy(async () => ({
  default: (await import('./subscriptions/subscription-page.tsx')).SubscriptionPage,
}));
const ExplorerPage = lazy(async () => ({
  default: (await import('./explorer/explorer-page.tsx')).ExplorerPage,
}));
const RollPage = lazy(async () => ({ default: (await import('./subscriptions/roll-page.tsx')).RollPage }));
const RequestPage = lazy(async () => ({
  default: (await import('./subscriptions/request-page.tsx')).RequestPage,
}));
const UsagePage = lazy(async () => ({ default: (await import('./usage/usage-page.tsx')).UsagePage }));
const ExplainPage = lazy(async () => ({
  default: (await import('../shared/explain/explain-page.tsx')).ExplainPage,
}));
const TeamPage = lazy(async () => ({ default: (await import('./team/team-page.tsx')).TeamPage }));
const SessionsPage = lazy(async () => ({
  default: (await import('./profile/sessions-page.tsx')).SessionsPage,
}));
const NotificationsPage = lazy(async () => ({
  default: (await import('./profile/notifications-page.tsx')).NotificationsPage,
}));
const InvitationPage = lazy(async () => ({
  default: (await import('./team/invitation-page.tsx')).InvitationPage,
}));

/** What developers use: `/`. */
export function Component() {
  const me = useMe();
  const can = useCan();
  return (
    <Shell
      home="/"
      items={pagesFor(can)}
      finds="A page, a product, or a subscription’s name, ID or a key’s last four characters"
      findCommands={async (text) => (await import('./find-own.ts')).findOwn(text, can('explainRefusal'))}
      {...(isAdminsDoorOpenTo(me) && { otherDoor: { text: 'Admin', href: '/admin' } })}
    >
      <Suspense fallback={<PageSkeleton />}>
        <Routes>
          <Route index element={<CataloguePage />} />
          <Route path="products/:productId" element={<ProductPage />} />
          <Route path="subscriptions" element={<SubscriptionsPage />} />
          <Route path="subscriptions/:subscriptionId" element={<SubscriptionPage />} />
          <Route path="subscriptions/:subscriptionId/roll" element={<RollPage />} />
          <Route path="explorer" element={<ExplorerPage />} />
          <Route path="usage" element={<UsagePage />} />
          <Route path="explain" element={<ExplainPage base="" />} />
          <Route path="team" element={<TeamPage />} />
          <Route path="profile/sessions" element={<SessionsPage />} />
          <Route path="requests/:approvalId" element={<RequestPage />} />
          <Route path="profile/notifications" element={<NotificationsPage />} />
          <Route path="invitations" element={<InvitationPage />} />
          <Route path="welcome" element={<Navigate to="/" replace />} />
          <Route path="*" element={<NotFoundState />} />
        </Routes>
      </Suspense>
    </Shell>
  );
}
