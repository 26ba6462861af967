import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { countedInWords } from '../../../../core/contract/usage-names.ts';
import { count } from '../../shared/show/limits.ts';
import type { SecretUse } from './overlap.ts';

/** Who still sends the old secret, and for what. */
export function OldUsers({ of: { uses } }: { of: SecretUse }) {
  return (
    <Table
      header={
        <Header variant="h2" description="In the last 24 hours.">
          Who still sends the old secret
        </Header>
      }
      items={uses}
      ariaLabels={{ tableLabel: 'Uses of the old secret' }}
      columnDefinitions={[
        {
          id: 'network',
          header: 'Network',
          isRowHeader: true,
          cell: ({ network }) => countedInWords(network),
        },
        {
          id: 'route',
          header: 'Route',
          cell: ({ route }) => <span className="mono">{countedInWords(route)}</span>,
        },
        { id: 'requests', header: 'Requests', cell: ({ requests }) => count(requests) },
      ]}
      empty={<Box textAlign="center">Nobody, as far as it has been counted.</Box>}
    />
  );
}
