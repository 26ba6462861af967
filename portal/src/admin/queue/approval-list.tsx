import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import { type Approval, ApprovalState, nameOfOperation, STATES } from '../../shared/approvals/approval.tsx';
import { ApprovalActions } from '../../shared/approvals/approval-actions.tsx';
import type { Column } from '../../shared/list/list.ts';
import { ListFilter } from '../../shared/list/list-filter.tsx';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { type FilterField, useUrlFilter } from '../../shared/list/url-filter.ts';
import { PersonName } from '../../shared/people/person-name.tsx';
import { CopyId } from '../../shared/show/copy-id.tsx';
import { Time } from '../../shared/show/time.tsx';
import { EmptyState } from '../../shared/states/states.tsx';
import { useScope } from '../scope.tsx';
import { RequestName } from './request-name.tsx';
import { useQueueRows } from './use-queue-rows.ts';
import { showsState, stateField, WaitingOrAll, waitingFirst } from './waiting-or-all.tsx';

const FIELDS: readonly FilterField[] = [stateField(STATES)];

/** Operations that wait, or waited, for a second admin. */
export function ApprovalList() {
  const { tenantId, base } = useScope();
  const { chosen, choose, clear } = useUrlFilter(FIELDS);
  const query = { ...waitingFirst(chosen), ...(tenantId && { tenantId }) };
  const paged = useQueueRows<Approval, '/v1/approvals'>('approvals', '/v1/approvals', query);
  return (
    <ResourceList
      name="approvals"
      title="Approvals"
      what="approvals"
      wraps
      isPart
      idOf={({ approvalId }) => approvalId}
      columns={columnsOf(base, { isOfAll: tenantId === undefined, withState: showsState(chosen) })}
      paged={paged}
      header={
        <Header
          variant="h2"
          description="Changes that need a second admin."
          actions={<WaitingOrAll state={chosen.state} onChoose={(state) => choose({ ...chosen, state })} />}
        >
          Approvals
        </Header>
      }
      filter={<ListFilter fields={FIELDS} placeholder="Filter approvals" chosen={chosen} onChoose={choose} />}
      empty={<EmptyState title="Nothing waits">Changes that need a second admin appear here.</EmptyState>}
      onClear={Object.keys(chosen).length > 0 ? clear : undefined}
    />
  );
}

function columnsOf(
  base: string,
  { isOfAll, withState }: { isOfAll: boolean; withState: boolean },
): Column<Approval>[] {
  return [
    {
      id: 'operation',
      header: 'Request',
      isHead: true,
      width: 110,
      cell: ({ approvalId, operation }) => (
        <RequestName>
          <Link href={`${base}/queue/${approvalId}`}>{nameOfOperation(operation)}</Link>
        </RequestName>
      ),
    },
    { id: 'subject', header: 'Of', cell: (approval) => <Subject of={approval} /> },
    {
      id: 'by',
      header: 'Requested by',
      cell: ({ requestedBy, requestedByName, tenantId }) => (
        <PersonName id={requestedBy} name={requestedByName} tenantId={tenantId} />
      ),
    },
    { id: 'at', header: 'Requested', cell: ({ requestedAt }) => <Time at={requestedAt} /> },
    { id: 'state', header: 'State', usual: withState, cell: (approval) => <ApprovalState of={approval} /> },
    { id: 'tenant', header: 'Tenant', usual: isOfAll, cell: ({ tenantId }) => tenantId },
    { id: 'ends', header: 'Lapses', usual: false, cell: ({ expiresAt }) => <Time at={expiresAt} /> },
    {
      id: 'actions',
      header: 'Actions',
      width: 200,
      // What shows a secret is carried out on its own page.
      cell: (approval) => (approval.state === 'pending' ? <ApprovalActions of={approval} /> : '–'),
    },
  ];
}

/** What it is about: the name that was given for it, where there is one, above the id. */
function Subject({ of: { body, subject } }: { of: Approval }) {
  const name = (body as { name?: unknown } | null)?.name;
  return (
    <>
      {typeof name === 'string' && name}
      <Box color="text-body-secondary">
        <CopyId id={subject.id} what="subject ID" />
      </Box>
    </>
  );
}
