import Header from '@cloudscape-design/components/header';
import { countedInWords } from '../../../../core/contract/usage-names.ts';
import type { Column } from '../../shared/list/list.ts';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { useWholeRows } from '../../shared/list/use-paged-rows.ts';
import { count } from '../../shared/show/limits.ts';
import { EmptyState } from '../../shared/states/states.tsx';
import type { SecretUse } from './overlap.ts';

type Use = SecretUse['uses'][number];

const COLUMNS: readonly Column<Use>[] = [
  { id: 'network', header: 'Network', isHead: true, cell: ({ network }) => countedInWords(network) },
  {
    id: 'route',
    header: 'Route',
    width: 201,
    cell: ({ route }) => <span className="mono">{countedInWords(route)}</span>,
  },
  { id: 'requests', header: 'Requests', isNumber: true, cell: ({ requests }) => count(requests) },
];

/** Who still sends the old secret, and for what. */
export function OldUsers({ of: { uses } }: { of: SecretUse }) {
  const paged = useWholeRows<Use>('old-users', {
    ...{ rows: uses, loading: false, error: null, retry: () => undefined },
  });
  return (
    <ResourceList<Use>
      name="old-users"
      title="Uses of the old secret"
      what="uses of the old secret"
      idOf={({ network, route }) => `${network} ${route}`}
      columns={COLUMNS}
      paged={paged}
      isPart
      wraps
      header={
        <Header variant="h2" description="In the last 24 hours.">
          Who still sends the old secret
        </Header>
      }
      empty={<EmptyState title="Nobody">As far as it has been counted.</EmptyState>}
    />
  );
}
