import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { useCan } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import type { Column } from '../../shared/list/list.ts';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { useWholeRows } from '../../shared/list/use-paged-rows.ts';
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
      description={data.description}
      beside={<EnvironmentBadge environment={data.environment} />}
      above={[{ text: 'APIs', href: `${base}/apis` }]}
      actions={data.clientKeyRequired && <ClientKey of={data} />}
    >
      <SpaceBetween size="l">
        <Calling of={data} edit={`${base}/apis/${apiId}/edit`} />
        <Document of={data} upload={`${base}/apis/${apiId}/openapi`} />
        <Routes of={data} edit={`${base}/apis/${apiId}/routes`} />
      </SpaceBetween>
    </Page>
  );
}

function Calling({ of, edit }: { of: Api; edit: string }) {
  const can = useCan();
  return (
    <Container
      header={
        <Header variant="h2" actions={can('updateApi') && <Button href={edit}>Edit API</Button>}>
          How it is called
        </Header>
      }
    >
      <Facts columns={2} minColumnWidth={250} facts={factsOf(of)} />
    </Container>
  );
}

function factsOf({ apiId, baseUrl, scheme, clientKeyRequired, clientKeyPublished, oauth }: Api) {
  const shown = clientKeyPublished ? ', shown to everybody' : '';
  return [
    ['API ID', <CopyText key="id" text={apiId} what="API ID" shown />],
    ['Base URL', baseUrl && <CopyText key="url" text={baseUrl} what="base URL" shown />],
    ['Key', scheme === 'tenant' ? 'A tenant’s, with x-tn' : 'A subscription’s'],
    ['Client key', clientKeyRequired ? `Required${shown}` : 'Not needed'],
    ['OAuth token', oauth ? `Of ${oauth.issuer}` : 'Not needed'],
    ...(oauth
      ? ([
          ['Audience', oauth.audience],
          ['Scopes', oauth.requiredScopes.join(', ') || 'Any'],
          ['Roles', oauth.requiredRoles.join(', ') || 'Any'],
        ] as const)
      : []),
  ] as const;
}

function Document({ of: { openapi }, upload }: { of: Api; upload: string }) {
  const can = useCan();
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={can('putApiOpenApi') && <Button href={upload}>{openapi ? 'Replace' : 'Upload'}</Button>}
          description="What its callers read in the catalogue, and call by in the explorer."
        >
          OpenAPI document
        </Header>
      }
    >
      {openapi ? (
        <Facts
          columns={3}
          facts={[
            ['Title', openapi.title],
            ['Version', openapi.version],
            ['Operations', openapi.operations],
          ]}
        />
      ) : (
        <Box color="text-body-secondary">None yet.</Box>
      )}
    </Container>
  );
}

type Route = Api['routes'][number];

function Routes({ of: { routes }, edit }: { of: Api; edit: string }) {
  const can = useCan();
  const paged = useWholeRows<Route>('api-routes', {
    ...{ rows: routes, loading: false, error: null, retry: () => undefined },
  });
  const header = (
    <Header
      variant="h2"
      actions={can('updateApi') && <Button href={edit}>Edit routes</Button>}
      {...(routes.length > 0 && {
        description: 'Others need the permission that the default rule makes of their path.',
      })}
    >
      Routes
    </Header>
  );
  if (routes.length === 0)
    return (
      <Container header={header}>
        <Box color="text-body-secondary">
          None of its own: every path follows the default rule. To read <Box variant="code">/v1/orders</Box>{' '}
          needs <Box variant="code">orders:read</Box>, all else there <Box variant="code">orders:write</Box>.
        </Box>
      </Container>
    );
  return (
    <ResourceList<Route>
      name="api-routes"
      title="Routes"
      what="routes"
      idOf={({ method, path }) => `${method} ${path}`}
      columns={ROUTE_COLUMNS}
      paged={paged}
      isPart
      wraps
      header={header}
      empty={null}
    />
  );
}

const ROUTE_COLUMNS: readonly Column<Route>[] = [
  {
    id: 'route',
    header: 'Route',
    isHead: true,
    width: 200,
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
];
