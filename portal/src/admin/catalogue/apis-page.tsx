import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import { useCan } from '../../shared/api/me.ts';
import { useOpen } from '../../shared/form/use-open.ts';
import type { Column } from '../../shared/list/list.ts';
import { ResourceList } from '../../shared/list/resource-list.tsx';
import { usePagedRows } from '../../shared/list/use-paged-rows.ts';
import { useTitle } from '../../shared/shell/page.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { CopyText } from '../../shared/show/copy-text.tsx';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { EmptyState } from '../../shared/states/states.tsx';
import { useScope } from '../scope.tsx';
import { ApiDialog } from './api-dialog.tsx';
import { APIS, type Api } from './catalogue.ts';

/** The APIs that are protected. */
export function ApisPage() {
  const can = useCan();
  const { base } = useScope();
  const [creating, setCreating] = useOpen<true>('api');
  const paged = usePagedRows<Api, typeof APIS>('apis', APIS, { query: {} });
  const create = can('createApi') && (
    <Button variant="primary" onClick={() => setCreating(true)}>
      Register API
    </Button>
  );
  useTitle('APIs');
  return (
    <>
      <ResourceList
        name="apis"
        title="APIs"
        what="APIs"
        idOf={({ apiId }) => apiId}
        columns={columnsOf(base)}
        paged={paged}
        header={
          <Header
            variant="awsui-h1-sticky"
            description="What keys open: each with its environment and routes."
            actions={create}
          >
            APIs
          </Header>
        }
        empty={
          <EmptyState
            title="No APIs yet"
            action={create}
            {...(create && {
              command: keywright(['apis', 'create'], {
                name: 'orders',
                environment: 'sandbox',
                scheme: 'tenant',
              }),
            })}
          >
            Register an API, and put the authorizer with its ID in front of it.
          </EmptyState>
        }
      />
      {creating && <ApiDialog onDismiss={() => setCreating(undefined)} />}
    </>
  );
}

function columnsOf(base: string): Column<Api>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      isHead: true,
      width: 160,
      cell: ({ apiId, name }) => <Link href={`${base}/apis/${apiId}`}>{name}</Link>,
    },
    {
      id: 'environment',
      header: 'Environment',
      cell: ({ environment }) => <EnvironmentBadge environment={environment} />,
    },
    {
      id: 'scheme',
      header: 'Called with',
      cell: ({ scheme }) => (scheme === 'tenant' ? 'a tenant’s key' : 'a subscription’s key'),
    },
    { id: 'routes', header: 'Routes', cell: ({ routes }) => routes.length || 'By the default rule' },
    {
      id: 'id',
      header: 'API ID',
      width: 180,
      cell: ({ apiId }) => <CopyText text={apiId} what="API ID" shown />,
    },
  ];
}
