import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { useCan } from '../../shared/api/me.ts';
import { ConfirmName } from '../../shared/form/confirm-name.tsx';
import { Dialog } from '../../shared/form/dialog.tsx';
import { useOpen } from '../../shared/form/use-open.ts';
import { RevealDialog } from '../../shared/reveal/reveal-dialog.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import type { Api } from './catalogue.ts';

const CLIENT_KEY = '/v1/apis/{apiId}/client-key';

/** Shows an API's client key, or replaces it. */
export function ClientKey({ of }: { of: Api }) {
  const { apiId, name } = of;
  const can = useCan();
  const [shown, setShown] = useState<string>();
  const [asking, setAsking] = useOpen<true>(`clientKey.${apiId}`);
  const params = { path: { apiId } };
  const reveal = useChange(async () => (await api.POST(`${CLIENT_KEY}/reveal`, { params, body: {} })).data, {
    stale: ['/v1/audit'],
    failed: 'The client key was not shown',
    after: ({ clientKey }) => setShown(clientKey),
  });
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {can('publishClientKey') && <Publish of={of} />}
      {can('regenerateClientKey') && <Button onClick={() => setAsking(true)}>Replace client key</Button>}
      {can('revealClientKey') && (
        <Button loading={reveal.isPending} onClick={() => reveal.mutate(undefined)}>
          Show client key
        </Button>
      )}
      {asking && (
        <ReplaceDialog
          apiId={apiId}
          name={name}
          onDismiss={() => setAsking(undefined)}
          onReplaced={(clientKey) => {
            setAsking(undefined);
            setShown(clientKey);
          }}
        />
      )}
      {shown !== undefined && (
        <RevealDialog
          title={`Client key of ${name}`}
          secret={shown}
          name={`${name} client`}
          isOnce={false}
          onDone={() => {
            setShown(undefined);
            reveal.reset();
          }}
        />
      )}
    </SpaceBetween>
  );
}

/** Whether everybody is shown a sandbox's client key, with the public products. */
function Publish({ of: { apiId, environment, clientKeyPublished } }: { of: Api }) {
  const params = { path: { apiId } };
  const change = useChange(
    async () =>
      clientKeyPublished
        ? (await api.POST(`${CLIENT_KEY}/unpublish`, { params, body: {} })).data
        : (await api.POST(`${CLIENT_KEY}/publish`, { params, body: {} })).data,
    { stale: ['/v1/apis', '/v1/apis/{apiId}', '/v1/audit'], failed: 'Nothing was changed' },
  );
  if (environment !== 'sandbox') return null;
  return (
    <Button loading={change.isPending} onClick={() => change.mutate(undefined)}>
      {clientKeyPublished ? 'Hide client key from guests' : 'Publish client key'}
    </Button>
  );
}

interface ReplaceDialogProps {
  readonly apiId: string;
  readonly name: string;
  readonly onDismiss: () => void;
  readonly onReplaced: (clientKey: string) => void;
}

function ReplaceDialog({ apiId, name, onDismiss, onReplaced }: ReplaceDialogProps) {
  const [typed, setTyped] = useState('');
  const params = { path: { apiId } };
  const replace = useChange(
    async () => (await api.POST(`${CLIENT_KEY}/regenerate`, { params, body: {} })).data,
    { stale: ['/v1/audit'], after: ({ clientKey }) => onReplaced(clientKey) },
  );
  return (
    <Dialog
      title={`Replace the client key of ${name}`}
      action="Replace"
      busy={replace.isPending}
      disabled={typed !== name}
      error={replace.error}
      onSubmit={() => replace.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="POST"
          path={`/v1/apis/${apiId}/client-key/regenerate`}
          body={{}}
          command={keywright(['apis', 'client-key', 'regenerate', apiId])}
        />
      }
    >
      <Alert type="warning">
        Every caller that still sends the present client key is refused within five seconds.
      </Alert>
      <ConfirmName name={name} typed={typed} onType={setTyped} />
    </Dialog>
  );
}
