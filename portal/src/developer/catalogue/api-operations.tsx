import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Skeleton from '@cloudscape-design/components/skeleton';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { KeywrightError } from '../../../../client/keywright-client.ts';
import { operationsIn } from '../../shared/api/api-document.ts';
import { reading } from '../../shared/api/queries.ts';
import { CopyText } from '../../shared/show/copy-text.tsx';
import { ErrorState } from '../../shared/states/states.tsx';
import { explorerUrl } from '../explorer/explorer-url.ts';
import type { ListedProduct } from './product.ts';

/** What an API of a product can do, and which permission each of it takes. */
export function ApiOperations({ of: { apiId, name } }: { of: ListedProduct['apis'][number] }) {
  const { data: api } = useQuery(reading('/v1/apis/{apiId}', { path: { apiId } }));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={api?.description}
          actions={<Button href={explorerUrl({ apiId })}>Open in explorer</Button>}
        >
          {name}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {api?.baseUrl && (
          <Box>
            Base URL <CopyText text={api.baseUrl} what="base URL" shown />
          </Box>
        )}
        <Operations apiId={apiId} />
      </SpaceBetween>
    </Container>
  );
}

function Operations({ apiId }: { apiId: string }) {
  const { data, error, refetch } = useQuery(reading('/v1/apis/{apiId}/openapi', { path: { apiId } }));
  if (error instanceof KeywrightError && error.status === 404)
    return <Box color="text-body-secondary">Its operator has not described what it can do.</Box>;
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height="120px" />;
  return (
    <Table
      variant="embedded"
      wrapLines
      items={operationsIn(data)}
      trackBy="id"
      ariaLabels={{ tableLabel: 'Operations' }}
      columnDefinitions={[
        {
          id: 'operation',
          header: 'Operation',
          isRowHeader: true,
          cell: ({ id, summary, deprecated }) => (
            <>
              {summary}
              {deprecated && ' (deprecated)'}
              <div className="mono small">{id}</div>
            </>
          ),
        },
        {
          id: 'permission',
          header: 'Permission',
          width: 160,
          cell: ({ permission }) =>
            permission === null ? 'Any key' : <span className="mono small">{permission}</span>,
        },
      ]}
      empty={<Box textAlign="center">It describes no operations.</Box>}
    />
  );
}
