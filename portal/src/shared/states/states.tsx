import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, type ReactNode, Suspense } from 'react';
import { KeywrightError } from '../../../../client/keywright-client.ts';
import { stepUpUrl } from '../shell/attention.ts';
import { Page } from '../shell/page.tsx';

// Seldom needed.
const CopyText = lazy(async () => ({ default: (await import('../show/copy-text.tsx')).CopyText }));
const TenantAdmins = lazy(async () => ({ default: (await import('./tenant-admins.tsx')).TenantAdmins }));

/** Nothing is here yet: what this is, one thing to do, and the same as a command. */
export function EmptyState({
  title,
  children,
  action,
  command,
}: {
  title: string;
  children: ReactNode;
  action?: ReactNode;
  command?: string;
}) {
  return (
    <Box textAlign="center" padding={{ vertical: 'l' }} color="inherit">
      <SpaceBetween size="s">
        <div>
          <Box variant="strong" color="inherit">
            {title}
          </Box>
          <Box color="text-body-secondary">{children}</Box>
        </div>
        {action}
        {command && (
          <Box color="text-body-secondary" fontSize="body-s">
            <Suspense fallback={null}>
              <CopyText text={command} what="command" />
            </Suspense>{' '}
            <Box variant="code">{command}</Box>
          </Box>
        )}
      </SpaceBetween>
    </Box>
  );
}

/** Something is here, and the filter leaves none of it. */
export function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState title="No matches" action={<Button onClick={onClear}>Clear filters</Button>}>
      Nothing fits these filters.
    </EmptyState>
  );
}

/** A page or a part of one that could not be read. */
export function ErrorState({ error, retry }: { error: Error; retry?: () => void }) {
  const failed = error instanceof KeywrightError ? error : undefined;
  if (failed?.code === 'mfa_required') return <SecondFactorState />;
  if (failed?.status === 403) return <ForbiddenState message={failed.message} />;
  if (failed?.status === 404) return <NotFoundState />;
  const [type, header] =
    failed?.status === 0
      ? (['warning', 'You may be offline'] as const)
      : failed?.status === 429
        ? (['warning', 'Too many requests at once'] as const)
        : (['error', 'This could not be loaded'] as const);
  return (
    <Alert type={type} header={header} action={retry && <Button onClick={retry}>Retry</Button>}>
      {error.message}.
      {failed?.requestId && (
        <Box margin={{ top: 'xxs' }} fontSize="body-s" color="inherit">
          Request{' '}
          <Suspense fallback={failed.requestId}>
            <CopyText text={failed.requestId} what="request ID" shown />
          </Suspense>
        </Box>
      )}
    </Alert>
  );
}

/** The person's role is not enough: which would do, and who can give it. */
export function ForbiddenState({
  message,
  forOperators = false,
}: {
  message?: string;
  /** Whether no tenant's admin can do it either. */
  forOperators?: boolean;
}) {
  if (forOperators)
    return (
      <Alert type="info" header="Your role does not allow this">
        Whoever runs this portal can do it.
      </Alert>
    );
  return (
    <Alert type="info" header="Your role does not allow this">
      {message === undefined ? 'An admin of the tenant can do it, or give you the role.' : `${message}.`}
      <Suspense fallback={null}>
        <TenantAdmins />
      </Suspense>
    </Alert>
  );
}

/** The sign-in was without a second factor. */
export function SecondFactorState() {
  return (
    <Alert
      type="info"
      header="Confirm it’s you"
      action={<Button href={stepUpUrl()}>Use second factor</Button>}
    >
      This needs a sign-in with a second factor.
    </Alert>
  );
}

/** One page for what is not there and for what is somebody else’s: neither can be told from the other. */
export function NotFoundState() {
  const door = /^\/admin(?:\/|$)/.test(location.pathname) ? '/admin' : '/';
  return (
    <Page title="Not found">
      <SpaceBetween size="m">
        <Box>There is nothing at this address, or it is not yours to see.</Box>
        <Button href={door}>Go to the start</Button>
      </SpaceBetween>
    </Page>
  );
}
