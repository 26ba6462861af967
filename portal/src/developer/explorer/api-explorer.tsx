import Alert from '@cloudscape-design/components/alert';
import Grid from '@cloudscape-design/components/grid';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useConfig } from '../../shared/api/config.ts';
import { useShortLife } from '../../shared/reveal/secret-life.ts';
import { PageSkeleton } from '../../shared/states/page-skeleton.tsx';
import { EmptyState, ErrorState } from '../../shared/states/states.tsx';
import { CredentialFields } from './credential-fields.tsx';
import { type Api, useExplorerAddress, useOperations, wantsOf } from './explorer-state.ts';
import { History } from './history.tsx';
import { EMPTY_CREDENTIALS, useKnownKey } from './known-key.ts';
import { OperationCall } from './operation-call.tsx';
import { OperationTree } from './operation-tree.tsx';
import { type Sent, useCalls } from './use-calls.ts';

/** One API: its operations, what to call with, and the call. */
export function ApiExplorer({ of: api }: { of: Api }) {
  const { operations, loading, error, retry } = useOperations(api);
  const { operationId, go } = useExplorerAddress();
  const [credentials, setCredentials] = useState(EMPTY_CREDENTIALS);
  const known = useKnownKey(api, credentials);
  const calls = useCalls();
  const [timesShown, setTimesShown] = useState(0);
  useShortLife([() => setCredentials(EMPTY_CREDENTIALS)], credentials !== EMPTY_CREDENTIALS);
  if (loading) return <PageSkeleton />;
  if (error) return <ErrorState error={error} retry={retry} />;
  const operation = operations?.find(({ id }) => id === operationId) ?? operations?.[0];
  if (operations === undefined || operation === undefined) {
    return <EmptyState title="No operations">Its operator has not described what it can do.</EmptyState>;
  }
  const baseUrl = api.baseUrl ?? '';
  const showAgain = (call: Sent) => {
    calls.show(call);
    // The form begins anew with what was typed then.
    setTimesShown((before) => before + 1);
    go({ operation: call.operationId });
  };
  return (
    <SpaceBetween size="l">
      <Reachable of={api} />
      <Grid gridDefinition={[{ colspan: { default: 12, s: 4 } }, { colspan: { default: 12, s: 8 } }]}>
        <OperationTree
          operations={operations}
          chosen={operation}
          known={known}
          onChoose={(id) => go({ operation: id })}
        />
        <SpaceBetween size="l">
          <CredentialFields
            of={api}
            credentials={credentials}
            known={known}
            onChange={(part) => setCredentials((before) => ({ ...before, ...part }))}
          />
          <OperationCall
            key={`${operation.id} ${timesShown}`}
            of={operation}
            baseUrl={baseUrl}
            wants={wantsOf(api)}
            credentials={credentials}
            known={known}
            calls={calls}
          />
          {calls.sent.some((each) => each !== calls.shown || each.operationId !== operation.id) && (
            <History of={calls.sent} baseUrl={baseUrl} onShow={showAgain} />
          )}
        </SpaceBetween>
      </Grid>
    </SpaceBetween>
  );
}

/** Says beforehand where no call can come through. */
function Reachable({ of: { baseUrl } }: { of: Api }) {
  const { apiOrigins } = useConfig();
  if (baseUrl === null) {
    return (
      <Alert type="warning" header="Nobody has said where this API is">
        Its operator gives it a base URL. Until then it can’t be called from here.
      </Alert>
    );
  }
  if (apiOrigins.includes(new URL(baseUrl).origin)) return null;
  return (
    <Alert type="warning" header="This page may not call that address">
      The portal’s policy lets pages call declared origins alone, and {new URL(baseUrl).origin} is none of
      them. Its operator adds it to portal.apiOrigins; the code below works in a program.
    </Alert>
  );
}
