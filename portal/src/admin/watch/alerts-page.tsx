import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useCan } from '../../shared/api/me.ts';
import { useOpen } from '../../shared/form/use-open.ts';
import type { Column } from '../../shared/list/list.ts';
import { ListFilter } from '../../shared/list/list-filter.tsx';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { type FilterField, useUrlFilter } from '../../shared/list/url-filter.ts';
import { usePagedRows } from '../../shared/list/use-paged-rows.ts';
import { useTitle } from '../../shared/shell/page.tsx';
import { CopyId } from '../../shared/show/copy-id.tsx';
import { Time } from '../../shared/show/time.tsx';
import { EmptyState } from '../../shared/states/states.tsx';
import { useScope } from '../scope.tsx';
import { type Alert, KINDS } from './alert.ts';
import { AlertDialog } from './alert-dialog.tsx';

const FIELDS: readonly FilterField[] = [
  {
    key: 'state',
    label: 'State',
    options: ['open', 'acknowledged'].map((value) => ({ value, label: value })),
  },
  { key: 'kind', label: 'Kind', options: Object.entries(KINDS).map(([value, label]) => ({ value, label })) },
  { key: 'subject', label: 'Subject' },
];

/** What was found in the traffic that a person should look at. */
export function AlertsPage() {
  const { tenantId } = useScope();
  const { chosen, choose, clear } = useUrlFilter(FIELDS);
  const [shown, setShown] = useOpen<Alert>('alert');
  const query = { ...chosen, ...(tenantId && { tenantId }) };
  const paged = usePagedRows<Alert, '/v1/alerts'>('alerts', '/v1/alerts', { query });
  const can = useCan(tenantId);
  useTitle('Alerts');
  return (
    <>
      <ResourceList
        name="alerts"
        title="Alerts"
        what="alerts"
        idOf={({ alertId }) => alertId}
        columns={columnsWith(setShown)}
        paged={paged}
        header={
          <Header variant="awsui-h1-sticky" description="What looked unusual in the traffic.">
            Alerts
          </Header>
        }
        filter={<ListFilter fields={FIELDS} placeholder="Filter alerts" chosen={chosen} onChoose={choose} />}
        empty={<EmptyState title="No alerts">Nothing unusual was seen so far.</EmptyState>}
        onClear={Object.keys(chosen).length > 0 ? clear : undefined}
      />
      {shown && (
        <AlertDialog of={shown} mayChange={can('acknowledgeAlert')} onDismiss={() => setShown(undefined)} />
      )}
    </>
  );
}

function columnsWith(show: (alert: Alert) => void): Column<Alert>[] {
  return [
    {
      id: 'kind',
      header: 'What',
      isHead: true,
      width: 220,
      cell: (alert) => (
        <Button variant="inline-link" onClick={() => show(alert)}>
          {KINDS[alert.kind]}
        </Button>
      ),
    },
    { id: 'subject', header: 'Of', cell: ({ subject }) => <CopyId id={subject.id} what="subject ID" /> },
    { id: 'foundAt', header: 'Found', cell: ({ foundAt }) => <Time at={foundAt} /> },
    { id: 'state', header: 'State', cell: (alert) => <AlertState of={alert} /> },
    { id: 'assigned', header: 'Assigned to', cell: ({ assignedTo }) => assignedTo ?? '–' },
    { id: 'tenant', header: 'Tenant', usual: false, cell: ({ tenantId }) => tenantId ?? '–' },
  ];
}

function AlertState({ of: { state, snoozedUntil } }: { of: Alert }) {
  if (state === 'acknowledged') return <StatusIndicator type="success">Acknowledged</StatusIndicator>;
  if (snoozedUntil !== null && Date.parse(snoozedUntil) > Date.now())
    return <StatusIndicator type="stopped">Put off</StatusIndicator>;
  return <StatusIndicator type="warning">Open</StatusIndicator>;
}
