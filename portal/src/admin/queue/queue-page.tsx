import Tabs from '@cloudscape-design/components/tabs';
import { useSearchParams } from 'react-router';
import { useCan } from '../../shared/api/me.ts';
import { Page } from '../../shared/shell/page.tsx';
import { ApprovalList } from './approval-list.tsx';
import { SignUpList } from './sign-up-list.tsx';
import { SubscriptionList } from './subscription-list.tsx';
import { useQueueKeys } from './use-queue-keys.ts';

/** What waits for somebody to decide. */
export function QueuePage() {
  const [search, setSearch] = useSearchParams();
  // They are of no tenant yet: who acts for all of them decides.
  const can = useCan();
  useQueueKeys();
  return (
    <Page
      title="Waiting"
      description="What waits for somebody to decide, oldest first. By keyboard: j and k go through it, a approves, r rejects."
    >
      <Tabs
        ariaLabel="Kinds of requests"
        activeTabId={search.get('tab') ?? 'subscriptions'}
        onChange={({ detail }) => setSearch({ tab: detail.activeTabId }, { replace: true })}
        tabs={[
          { id: 'subscriptions', label: 'Subscriptions', content: <SubscriptionList /> },
          { id: 'approvals', label: 'Approvals', content: <ApprovalList /> },
          ...(can('approveSignUp') ? [{ id: 'sign-ups', label: 'Sign-ups', content: <SignUpList /> }] : []),
        ]}
      />
    </Page>
  );
}
