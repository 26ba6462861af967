import { ApprovalPage } from '../../shared/approvals/approval-page.tsx';
import { useScope } from '../scope.tsx';

export function OneApprovalPage() {
  return <ApprovalPage above={{ text: 'Waiting', href: `${useScope().base}/queue?tab=approvals` }} />;
}
