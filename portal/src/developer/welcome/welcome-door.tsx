import AppLayout from '@cloudscape-design/components/app-layout';
import { lazy, Suspense } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { Messages } from '../../shared/shell/shell.tsx';
import { TopBar } from '../../shared/shell/top-bar.tsx';
import { PageSkeleton } from '../../shared/states/page-skeleton.tsx';
import { WelcomePage } from './welcome-page.tsx';

const InvitationPage = lazy(async () => ({
  default: (await import('../team/invitation-page.tsx')).InvitationPage,
}));

/** For whoever acts for no tenant: how to come to one, and an invitation's page. Every other address leads here. */
export function WelcomeDoor() {
  return (
    <>
      <div id="top">
        <TopBar home="/welcome" />
      </div>
      <AppLayout
        headerSelector="#top"
        navigationHide
        toolsHide
        notifications={<Messages />}
        stickyNotifications
        content={
          <Suspense fallback={<PageSkeleton />}>
            <Routes>
              <Route path="welcome" element={<WelcomePage />} />
              <Route path="invitations" element={<InvitationPage />} />
              <Route path="*" element={<Navigate to="/welcome" replace />} />
            </Routes>
          </Suspense>
        }
      />
    </>
  );
}
