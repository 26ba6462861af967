import { Route, Routes } from 'react-router';
import { useMe } from '../shared/api/me.ts';
import { isAdminsDoorOpenTo } from '../shared/shell/doors.ts';
import { Shell } from '../shared/shell/shell.tsx';
import { NotFoundState } from '../shared/states/states.tsx';
import { InvitationPage } from './invitation-page.tsx';
import { NotificationsPage } from './notifications-page.tsx';
import { SubscriptionPage } from './subscription-page.tsx';
import { SubscriptionsPage } from './subscriptions-page.tsx';

const PAGES = [
  { type: 'link' as const, text: 'Subscriptions', href: '/' },
  { type: 'link' as const, text: 'Notifications', href: '/profile/notifications' },
];

/** What developers use: `/`. */
export function Component() {
  const me = useMe();
  return (
    <Shell
      home="/"
      items={PAGES}
      {...(isAdminsDoorOpenTo(me) && { otherDoor: { text: 'Admin', href: '/admin' } })}
    >
      <Routes>
        <Route index element={<SubscriptionsPage />} />
        <Route path="subscriptions/:subscriptionId" element={<SubscriptionPage />} />
        <Route path="profile/notifications" element={<NotificationsPage />} />
        <Route path="invitations" element={<InvitationPage />} />
        <Route path="*" element={<NotFoundState />} />
      </Routes>
    </Shell>
  );
}
