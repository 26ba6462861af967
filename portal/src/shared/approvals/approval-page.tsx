import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { reading } from '../api/queries.ts';
import { PersonName } from '../people/person-name.tsx';
import { Page } from '../shell/page.tsx';
import { CodeBlock } from '../show/code-block.tsx';
import { CopyText } from '../show/copy-text.tsx';
import { Facts } from '../show/facts.tsx';
import { Time } from '../show/time.tsx';
import { PageSkeleton } from '../states/page-skeleton.tsx';
import { ErrorState } from '../states/states.tsx';
import { type Approval, ApprovalState, nameOfOperation } from './approval.tsx';
import { ApprovalActions } from './approval-actions.tsx';

const REFRESH_MILLISECONDS = 5000;

/**
 * One change that waits for a second admin, or did.
 * @param above where it is one of several
 */
export function ApprovalPage({ above }: { above: { text: string; href: string } }) {
  const { approvalId = '' } = useParams();
  const { data, error, refetch } = useQuery({
    ...reading('/v1/approvals/{approvalId}', { path: { approvalId } }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
  if (data === undefined) {
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <PageSkeleton />;
  }
  return (
    <Page title={nameOfOperation(data.operation)} above={[above]} actions={<ApprovalActions of={data} />}>
      <SpaceBetween size="l">
        {data.failure && (
          <Alert type="error" header="It could not be done any more">
            {data.failure}
          </Alert>
        )}
        <Container header={<Header variant="h2">Request</Header>}>
          <Facts columns={3} facts={factsOf(data)} />
        </Container>
        <Container header={<Header variant="h2">What was asked for</Header>}>
          <CodeBlock text={JSON.stringify(data.body, null, 2)} what="body" />
        </Container>
      </SpaceBetween>
    </Page>
  );
}

function factsOf(approval: Approval) {
  const { tenantId, decidedBy } = approval;
  return [
    ['State', <ApprovalState key="state" of={approval} />],
    ['Of', <CopyText key="subject" text={approval.subject.id} what="subject ID" shown />],
    ['Tenant', approval.tenantId],
    [
      'Requested by',
      <PersonName key="by" id={approval.requestedBy} name={approval.requestedByName} tenantId={tenantId} />,
    ],
    ['Requested', <Time key="at" at={approval.requestedAt} />],
    ['Lapses', <Time key="ends" at={approval.expiresAt} />],
    ...(decidedBy
      ? ([
          [
            approval.state === 'withdrawn' ? 'Withdrawn by' : 'Decided by',
            <PersonName key="decided" id={decidedBy} name={approval.decidedByName} tenantId={tenantId} />,
          ],
        ] as const)
      : []),
    ...(approval.reason ? ([['Reason', approval.reason]] as const) : []),
  ] as const;
}
