import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { isSignedOut } from '../api/api.ts';
import { useConfig } from '../api/config.ts';
import { meReading } from '../api/me.ts';
import { PageSkeleton } from '../states/page-skeleton.tsx';
import { ErrorState } from '../states/states.tsx';
import { useStore } from '../store.ts';
import { attention } from './attention.ts';

const AttentionDialog = lazy(async () => ({
  default: (await import('./attention-dialog.tsx')).AttentionDialog,
}));

/** What is below is for people who have signed in; others find what there is for guests. */
export function SignedIn({ guests, children }: { guests: ReactNode; children: ReactNode }) {
  const { data, error, refetch } = useQuery(meReading());
  const wanted = useStore(attention);
  const { brand } = useConfig();
  if (data !== undefined)
    return (
      <>
        {children}
        {wanted !== undefined && (
          <Suspense fallback={null}>
            <AttentionDialog wanted={wanted} />
          </Suspense>
        )}
      </>
    );
  if (isSignedOut(error)) return <Suspense fallback={<PageSkeleton />}>{guests}</Suspense>;
  return (
    <main className="landing">
      {error ? (
        <SpaceBetween size="m">
          <Box variant="h1">{brand.name}</Box>
          <ErrorState error={error} retry={() => void refetch()} />
        </SpaceBetween>
      ) : (
        <PageSkeleton />
      )}
    </main>
  );
}
