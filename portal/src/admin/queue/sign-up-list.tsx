import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { ReasonDialog } from '../../shared/approvals/reason-dialog.tsx';
import { useOpen } from '../../shared/form/use-open.ts';
import type { Column } from '../../shared/list/list.ts';
import { ListFilter } from '../../shared/list/list-filter.tsx';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { type FilterField, useUrlFilter } from '../../shared/list/url-filter.ts';
import { Time } from '../../shared/show/time.tsx';
import { EmptyState } from '../../shared/states/states.tsx';
import { ApproveSignUpDialog } from './approve-sign-up-dialog.tsx';
import { RequestName } from './request-name.tsx';
import { SIGN_UPS, type SignUp } from './sign-up.ts';
import { useQueueRows } from './use-queue-rows.ts';
import { showsState, stateField, WaitingOrAll, waitingFirst } from './waiting-or-all.tsx';

const INDICATORS: Readonly<Record<SignUp['state'], [StatusIndicatorProps.Type, string]>> = {
  pending: ['pending', 'Waits'],
  approved: ['success', 'Approved'],
  rejected: ['error', 'Rejected'],
};
const FIELDS: readonly FilterField[] = [stateField(Object.keys(INDICATORS))];

/** People who have asked to be let in. They are of no tenant yet, so who acts for all tenants decides. */
export function SignUpList() {
  const { chosen, choose, clear } = useUrlFilter(FIELDS);
  const paged = useQueueRows<SignUp, typeof SIGN_UPS>('sign-ups', SIGN_UPS, waitingFirst(chosen));
  return (
    <ResourceList
      name="sign-ups"
      title="Sign-ups"
      what="sign-ups"
      wraps
      isPart
      idOf={({ signUpId }) => signUpId}
      columns={columnsOf(showsState(chosen))}
      paged={paged}
      header={
        <Header
          variant="h2"
          description="People who ask to be let in without an invitation."
          actions={<WaitingOrAll state={chosen.state} onChoose={(state) => choose({ ...chosen, state })} />}
        >
          Sign-ups
        </Header>
      }
      filter={<ListFilter fields={FIELDS} placeholder="Filter sign-ups" chosen={chosen} onChoose={choose} />}
      empty={
        <EmptyState title="Nobody waits">
          Where sign-up is open, whoever asks to be let in appears here.
        </EmptyState>
      }
      onClear={Object.keys(chosen).length > 0 ? clear : undefined}
    />
  );
}

/** @param withState whether the state is shown until the person chooses otherwise */
function columnsOf(withState: boolean): Column<SignUp>[] {
  return [
    {
      id: 'email',
      header: 'Who',
      isHead: true,
      width: 180,
      cell: ({ email }) => <RequestName>{email}</RequestName>,
    },
    { id: 'company', header: 'Company', cell: ({ company }) => company ?? '–' },
    { id: 'use', header: 'What for', width: 200, cell: ({ use }) => use ?? '–' },
    { id: 'state', header: 'State', usual: withState, cell: ({ state }) => <State of={state} /> },
    { id: 'at', header: 'Asked', cell: ({ requestedAt }) => <Time at={requestedAt} /> },
    { id: 'tenant', header: 'Tenant', usual: false, cell: ({ tenantId }) => tenantId ?? '–' },
    { id: 'reason', header: 'Reason', usual: false, cell: ({ reason }) => reason ?? '–' },
    { id: 'actions', header: 'Actions', width: 160, cell: (signUp) => <Decide of={signUp} /> },
  ];
}

function State({ of: state }: { of: SignUp['state'] }) {
  const [type, text] = INDICATORS[state];
  return (
    <StatusIndicator type={type} wrapText={false}>
      {text}
    </StatusIndicator>
  );
}

function Decide({ of: signUp }: { of: SignUp }) {
  const [open, setOpen] = useOpen<'approve' | 'reject'>(`decide.${signUp.signUpId}`);
  const close = () => setOpen(undefined);
  if (signUp.state !== 'pending') return null;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <span data-decide="approve">
        <Button
          variant="inline-link"
          onClick={() => setOpen('approve')}
          ariaLabel={`Approve ${signUp.email}`}
        >
          Approve
        </Button>
      </span>
      <span data-decide="reject">
        <Button variant="inline-link" onClick={() => setOpen('reject')} ariaLabel={`Reject ${signUp.email}`}>
          Reject
        </Button>
      </span>
      {open === 'approve' && <ApproveSignUpDialog of={signUp} onDismiss={close} />}
      {open === 'reject' && <RejectDialog of={signUp} onDismiss={close} />}
    </SpaceBetween>
  );
}

function RejectDialog({ of: { signUpId, email }, onDismiss }: { of: SignUp; onDismiss: () => void }) {
  const reject = useChange(
    async (reason: string) =>
      (
        await api.POST('/v1/sign-ups/{signUpId}/reject', {
          params: { path: { signUpId } },
          body: { reason },
        })
      ).data,
    {
      stale: [SIGN_UPS],
      done: () => ({ type: 'success', header: `${email} is not let in` }),
      after: onDismiss,
    },
  );
  return (
    <ReasonDialog
      title={`Reject ${email}`}
      action="Reject"
      needed
      path={`/v1/sign-ups/${signUpId}/reject`}
      words={['sign-ups', 'reject', signUpId]}
      busy={reject.isPending}
      error={reject.error}
      onSubmit={reject.mutate}
      onDismiss={onDismiss}
    />
  );
}
