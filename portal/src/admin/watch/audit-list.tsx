import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import { type ReactNode, useState } from 'react';
import type { Answer } from '../../shared/api/answers.ts';
import { Modal } from '../../shared/form/modal.tsx';
import type { Column } from '../../shared/list/list.ts';
import { ListFilter } from '../../shared/list/list-filter.tsx';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { type FilterField, useUrlFilter } from '../../shared/list/url-filter.ts';
import { usePagedRows } from '../../shared/list/use-paged-rows.ts';
import { CodeBlock } from '../../shared/show/code-block.tsx';
import { CopyId } from '../../shared/show/copy-id.tsx';
import { Time } from '../../shared/show/time.tsx';
import { EmptyState } from '../../shared/states/states.tsx';

type Record = Answer<'/v1/audit'>['items'][number];

const TYPES = ['apiKey.created', 'apiKey.rotated', 'apiKey.disabled', 'apiKey.revoked', 'role.changed'];
const FIELDS: readonly FilterField[] = [
  { key: 'type', label: 'Event', options: TYPES.map((value) => ({ value, label: value })) },
  { key: 'actor', label: 'Actor' },
  { key: 'subject', label: 'Subject' },
];
const TAIL_MILLISECONDS = 5000;

interface AuditListProps {
  readonly tenantId: string | undefined;
  /** Only what was done to it. */
  readonly subject?: string;
  /** Whether new records appear by themselves. */
  readonly tail?: boolean;
  readonly actions?: ReactNode;
  /** What is known of the log as a whole. */
  readonly state?: ReactNode;
}

/** The audit log, newest first. Without a subject it is a page of its own, with filters in the address. */
export function AuditList({ tenantId, subject, tail = false, actions, state }: AuditListProps) {
  const isPart = subject !== undefined;
  const { chosen, choose, clear } = useUrlFilter(isPart ? [] : FIELDS);
  const [shown, setShown] = useState<Record>();
  const query = { ...chosen, ...(tenantId && { tenantId }), ...(subject && { subject }) };
  const paged = usePagedRows<Record, '/v1/audit'>(
    'audit',
    '/v1/audit',
    { query },
    { everyMilliseconds: tail ? TAIL_MILLISECONDS : undefined },
  );
  return (
    <>
      <ResourceList
        name={isPart ? 'activity' : 'audit'}
        title="Audit log"
        what="audit records"
        isPart={isPart}
        idOf={({ id }) => id}
        columns={columnsWith(setShown)}
        paged={paged}
        header={
          isPart ? (
            <Header variant="h3">Activity</Header>
          ) : (
            <Header
              variant="awsui-h1-sticky"
              description={state ?? 'Who changed what, and when.'}
              actions={actions}
            >
              Audit log
            </Header>
          )
        }
        {...(!isPart && {
          filter: (
            <ListFilter
              fields={FIELDS}
              placeholder="Filter audit records"
              chosen={chosen}
              onChoose={choose}
            />
          ),
        })}
        empty={
          <EmptyState title="Nothing in the last 30 days">Every change is written down here.</EmptyState>
        }
        onClear={Object.keys(chosen).length > 0 ? clear : undefined}
      />
      {shown && <AuditRecord record={shown} onDismiss={() => setShown(undefined)} />}
    </>
  );
}

function AuditRecord({ record, onDismiss }: { record: Record; onDismiss: () => void }) {
  return (
    <Modal size="large" onDismiss={onDismiss} header={record.type}>
      <CodeBlock text={JSON.stringify(record, null, 2)} what="record" />
    </Modal>
  );
}

function columnsWith(show: (record: Record) => void): Column<Record>[] {
  return [
    { id: 'time', header: 'When', cell: ({ time }) => <Time at={time} />, width: 120 },
    {
      id: 'type',
      header: 'Event',
      isHead: true,
      width: 180,
      cell: (record) => (
        <Button
          variant="inline-link"
          onClick={() => show(record)}
          ariaLabel={`${record.type}, show the record`}
        >
          {record.type}
        </Button>
      ),
    },
    {
      id: 'actor',
      header: 'Actor',
      width: 180,
      cell: ({ actor }) =>
        actor.name ? <span title={actor.id}>{actor.name}</span> : <CopyId id={actor.id} what="actor ID" />,
    },
    {
      id: 'subject',
      header: 'Subject',
      width: 180,
      cell: ({ subject }) => <CopyId id={subject.id} what="subject ID" />,
    },
    { id: 'tenant', header: 'Tenant', usual: false, cell: ({ tenantId }) => tenantId ?? '–' },
    { id: 'ip', header: 'Address', cell: ({ actor }) => actor.ip ?? '–' },
  ];
}
