import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import { type Approval, ApprovalState, nameOfOperation, STATES } from '../../shared/approvals/approval.tsx';
import type { Column } from '../../shared/list/list.ts';
import { ListFilter } from '../../shared/list/list-filter.tsx';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { type FilterField, useUrlFilter } from '../../shared/list/url-filter.ts';
import { usePagedRows } from '../../shared/list/use-paged-rows.ts';
import { Time } from '../../shared/show/time.tsx';
import { EmptyState } from '../../shared/states/states.tsx';
import { useScope } from '../scope.tsx';
import { stateField, WaitingOrAll, waitingFirst } from './waiting-or-all.tsx';

const FIELDS: readonly FilterField[] = [stateField(STATES)];

/** Operations that wait, or waited, for a second admin. */
export function ApprovalList() {
  const { tenantId, base } = useScope();
  const { chosen, choose, clear } = useUrlFilter(FIELDS);
  const query = { ...waitingFirst(chosen), ...(tenantId && { tenantId }) };
  const paged = usePagedRows<Approval, '/v1/approvals'>('approvals', '/v1/approvals', { query });
  return (
    <ResourceList
      name="approvals"
      title="Approvals"
      what="approvals"
      isPart
      idOf={({ approvalId }) => approvalId}
      columns={columnsOf(base)}
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

function columnsOf(base: string): Column<Approval>[] {
  return [
    {
      id: 'operation',
      header: 'Request',
      isHead: true,
      width: 180,
      cell: ({ approvalId, operation }) => (
        <Link href={`${base}/queue/${approvalId}`}>{nameOfOperation(operation)}</Link>
      ),
    },
    { id: 'subject', header: 'Of', cell: ({ subject }) => <span className="mono small">{subject.id}</span> },
    {
      id: 'by',
      header: 'Requested by',
      cell: (approval) => approval.requestedByName ?? approval.requestedBy,
    },
    { id: 'at', header: 'Requested', cell: ({ requestedAt }) => <Time at={requestedAt} /> },
    { id: 'state', header: 'State', cell: (approval) => <ApprovalState of={approval} /> },
    { id: 'tenant', header: 'Tenant', usual: false, cell: ({ tenantId }) => tenantId },
    { id: 'ends', header: 'Lapses', usual: false, cell: ({ expiresAt }) => <Time at={expiresAt} /> },
  ];
}
