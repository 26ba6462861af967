import { KeywrightError } from '../../../../client/keywright-client.ts';
import { Page } from '../shell/page.tsx';
import { PageSkeleton } from './page-skeleton.tsx';
import { ErrorState, NotFoundState } from './states.tsx';

interface PageStateProps {
  readonly title: string;
  readonly error: Error | null;
  readonly retry: () => void;
}

/** A page whose reading has not come: it is on its way, or it could not be read. */
export function PageState({ title, error, retry }: PageStateProps) {
  if (error === null) return <PageSkeleton />;
  if (error instanceof KeywrightError && error.status === 404) return <NotFoundState />;
  return (
    <Page title={title}>
      <ErrorState error={error} retry={retry} />
    </Page>
  );
}
