import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import { api } from '../../shared/api/api.ts';
import { isAnsweredElsewhere } from '../../shared/api/change.ts';
import { faultOf } from '../../shared/form/form-error.tsx';
import { ErrorState } from '../../shared/states/states.tsx';
import { DryRunOutcome } from '../tenants/dry-run-outcome.tsx';
import { isSameTable, type NewRoutes } from './route-draft.ts';

const DRY_RUN = '/v1/apis/{apiId}/dry-run';
type Run = Awaited<ReturnType<typeof runOf>>;
type Trial = UseMutationResult<Run, Error, NewRoutes>;

const runOf = async (apiId: string, routes: NewRoutes) =>
  (await api.POST(DRY_RUN, { params: { path: { apiId } }, body: { routes } })).data;

/** Tables of an API that are tried, one at a time; nothing is changed by it. */
export function useTrial(apiId: string): Trial {
  return useMutation({ mutationFn: (routes) => runOf(apiId, routes) });
}

interface TryRoutesProps {
  readonly trial: Trial;
  /** As the form has them. */
  readonly routes: NewRoutes;
  readonly onTry: () => void;
}

/** Whose calls of the last seven days the table would have refused, once that was asked for. */
export function TryRoutes({ trial, routes, onTry }: TryRoutesProps) {
  return (
    <SpaceBetween size="s">
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <Button formAction="none" loading={trial.isPending} loadingText="Trying" onClick={onTry}>
          Try
        </Button>
        <Box color="text-body-secondary">
          Plays the table against the calls of the last seven days, and changes nothing.
        </Box>
      </SpaceBetween>
      <div aria-live="polite">
        <Result trial={trial} routes={routes} retry={onTry} />
      </div>
    </SpaceBetween>
  );
}

function Result({ trial, routes, retry }: { trial: Trial; routes: NewRoutes; retry: () => void }) {
  const { status, data, error, variables } = trial;
  if (status === 'idle') return null;
  if (status === 'pending')
    return <StatusIndicator type="loading">Looking at the last seven days</StatusIndicator>;
  if (variables !== undefined && !isSameTable(variables, routes))
    return <StatusIndicator type="warning">Edited since it was tried</StatusIndicator>;
  if (status === 'success') return <DryRunOutcome of={data} caller="caller" some="of the busiest callers" />;
  if (isAnsweredElsewhere(error)) return null;
  return faultOf(error, 'routes') === undefined ? (
    <ErrorState error={error} retry={retry} />
  ) : (
    <StatusIndicator type="error">It could not be tried: see the routes above</StatusIndicator>
  );
}
