import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Skeleton from '@cloudscape-design/components/skeleton';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useParams } from 'react-router';
import { useCan } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { useOpen } from '../../shared/form/use-open.ts';
import { Page } from '../../shared/shell/page.tsx';
import { Facts } from '../../shared/show/facts.tsx';
import { count } from '../../shared/show/limits.ts';
import { Time } from '../../shared/show/time.tsx';
import { PageSkeleton } from '../../shared/states/page-skeleton.tsx';
import { EmptyState, ErrorState } from '../../shared/states/states.tsx';
import { baseOf, useTenantId } from '../scope.tsx';
import { EndOverlapDialog } from './end-overlap-dialog.tsx';
import { KEY, type Key } from './key.ts';
import { OldUsers } from './old-users.tsx';
import { type SecretUse, useOverlap } from './overlap.ts';
import { RotationVerdict } from './rotation-verdict.tsx';

const OverlapChart = lazy(async () => ({
  default: (await import('./overlap-chart.tsx')).OverlapChart,
}));
const REFRESH_MILLISECONDS = 5000;

/** How a rotation goes: who uses which secret, and whether the old one can end. */
export function RotationPage() {
  const tenantId = useTenantId();
  const { keyId = '' } = useParams();
  const {
    data: key,
    error,
    refetch,
  } = useQuery({
    ...reading(KEY, { path: { tenantId, keyId } }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
  if (key === undefined) {
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <PageSkeleton />;
  }
  const base = `${baseOf(tenantId)}/keys`;
  return (
    <Page
      title="Rotation"
      description={`Whether programs have moved to the new secret of ${key.name}.`}
      above={[
        { text: 'Keys', href: base },
        { text: key.name, href: `${base}/${keyId}` },
      ]}
      actions={<End of={key} />}
    >
      {key.secrets.length > 1 ? <Uses of={key} /> : <Done of={key} back={`${base}/${keyId}`} />}
    </Page>
  );
}

function Uses({ of: key }: { of: Key }) {
  const { data, error, refetch } = useOverlap(key, REFRESH_MILLISECONDS);
  if (data === undefined) {
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <PageSkeleton />;
  }
  const { old, new: current } = data;
  return (
    <SpaceBetween size="l">
      <RotationVerdict of={data} />
      {old && current && (
        <Container header={<Header variant="h2">Requests of the last hour</Header>}>
          <Suspense fallback={<Skeleton height="200px" />}>
            <OverlapChart old={old} current={current} />
          </Suspense>
        </Container>
      )}
      <ColumnLayout columns={2}>
        {current && <Secret title="New secret" of={current} />}
        {old && <Secret title="Old secret" of={old} />}
      </ColumnLayout>
      {old && <OldUsers of={old} />}
    </SpaceBetween>
  );
}

function Secret({ title, of: secret }: { title: string; of: SecretUse }) {
  return (
    <Container header={<Header variant="h2">{title}</Header>}>
      <Facts
        columns={2}
        facts={[
          [
            'Ends with',
            <span key="hint" className="mono">
              …{secret.hint}
            </span>,
          ],
          ['Requests in 24 hours', count(secret.requests24h)],
          ['Last used', <Time key="used" at={secret.lastUsedAt} fallback="Never" />],
          ['Ends', <Time key="ends" at={secret.expiresAt} fallback="When the key does" />],
        ]}
      />
    </Container>
  );
}

function Done({ of: key, back }: { of: Key; back: string }) {
  return (
    <EmptyState title="No rotation is going on" action={<Button href={back}>Back to the key</Button>}>
      <StatusIndicator type="success">{key.name} has one secret.</StatusIndicator>
    </EmptyState>
  );
}

function End({ of: key }: { of: Key }) {
  const can = useCan(key.tenantId);
  const [open, setOpen] = useOpen<true>(`endOverlap.${key.keyId}`);
  if (key.secrets.length < 2) return null;
  if (!can('endOverlap')) return <Alert type="info">An admin can end the overlap.</Alert>;
  return (
    <>
      <Button onClick={() => setOpen(true)}>End overlap</Button>
      {open && <EndOverlapDialog of={key} onDismiss={() => setOpen(undefined)} />}
    </>
  );
}
