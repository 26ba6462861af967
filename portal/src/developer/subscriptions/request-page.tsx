import { ApprovalPage } from '../../shared/approvals/approval-page.tsx';

/** What the person asked for and a second admin decides on. */
export function RequestPage() {
  return <ApprovalPage above={{ text: 'Subscriptions', href: '/subscriptions' }} />;
}
