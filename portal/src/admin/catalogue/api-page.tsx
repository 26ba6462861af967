import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { reading } from '../../shared/api/queries.ts';
import { Page } from '../../shared/shell/page.tsx';
import { CopyText } from '../../shared/show/copy-text.tsx';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { Facts } from '../../shared/show/facts.tsx';
import { PageSkeleton } from '../../shared/states/page-skeleton.tsx';
import { ErrorState } from '../../shared/states/states.tsx';
import { useScope } from '../scope.tsx';
import type { Api } from './catalogue.ts';
import { ClientKey } from './client-key.tsx';

/** One API: what its callers must send, and what each of its routes needs. */
export function ApiPage() {
  const { base } = useScope();
  const { apiId = '' } = useParams();
  const { data, error, refetch } = useQuery(reading('/v1/apis/{apiId}', { path: { apiId } }));
  if (data === undefined) {
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <PageSkeleton />;
  }
  return (
    <Page
      title={data.name}
      beside={<EnvironmentBadge environment={data.environment} />}
      above={[{ text: 'APIs', href: `${base}/apis` }]}
      actions={data.clientKeyRequired && <ClientKey of={data} />}
    >
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">What callers send</Header>}>
          <Facts columns={3} facts={factsOf(data)} />
        </Container>
        <Routes of={data} />
      </SpaceBetween>
    </Page>
  );
}

function factsOf({ apiId, scheme, clientKeyRequired, clientKeyPublished, oauth }: Api) {
  const shown = clientKeyPublished ? ', shown to everybody' : '';
  return [
    ['API ID', <CopyText key="id" text={apiId} what="API ID" shown />],
    ['Key', scheme === 'tenant' ? 'A tenant’s, with x-tn' : 'A subscription’s'],
    ['Client key', clientKeyRequired ? `Required${shown}` : 'Not needed'],
    ['OAuth token', oauth ? `Of ${oauth.issuer}` : 'Not needed'],
    ...(oauth
      ? ([
          ['Audience', oauth.audience],
          ['Scopes', oauth.requiredScopes.join(', ') || 'Any'],
        ] as const)
      : []),
  ] as const;
}

function Routes({ of: { routes } }: { of: Api }) {
  return (
    <Table
      header={
        <Header
          variant="h2"
          description="Others need the permission that the default rule makes of their path."
        >
          Routes
        </Header>
      }
      items={routes}
      ariaLabels={{ tableLabel: 'Routes' }}
      columnDefinitions={[
        {
          id: 'route',
          header: 'Route',
          isRowHeader: true,
          cell: ({ method, path }) => <span className="mono">{`${method} ${path}`}</span>,
        },
        {
          id: 'permission',
          header: 'Permission',
          cell: ({ permission }) => <span className="mono">{permission ?? 'by the default rule'}</span>,
        },
        {
          id: 'scopes',
          header: 'Scopes of the token',
          cell: ({ scopes }) => <span className="mono">{scopes?.join(' ') ?? '–'}</span>,
        },
        {
          id: 'public',
          header: 'Publishable keys',
          cell: ({ public: isPublic }) => (isPublic ? 'May read it' : 'Refused'),
        },
      ]}
      empty={<Box textAlign="center">Every route follows the default rule.</Box>}
    />
  );
}
