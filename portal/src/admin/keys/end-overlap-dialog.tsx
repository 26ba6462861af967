import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import { useState } from 'react';
import { api } from '../../shared/api/api.ts';
import { ConfirmName } from '../../shared/form/confirm-name.tsx';
import { Dialog } from '../../shared/form/dialog.tsx';
import { AsCode, quoted } from '../../shared/show/as-code.tsx';
import { relativeTime, useNow } from '../../shared/show/time.tsx';
import { KEY, type Key } from './key.ts';
import { paramsOf, useKeyChange } from './use-key-change.ts';

const QUIET_MILLISECONDS = 3_600_000;

/** Ends the old secret now; asks for the key's name while somebody still sends it. */
export function EndOverlapDialog({ of: key, onDismiss }: { of: Key; onDismiss: () => void }) {
  const [typed, setTyped] = useState('');
  const now = useNow();
  const lastUsedAt = key.secrets[1]?.lastUsedAt ?? null;
  const inUse = lastUsedAt !== null && now - Date.parse(lastUsedAt) < QUIET_MILLISECONDS;
  const end = useKeyChange(
    key,
    async () => (await api.POST(`${KEY}/end-overlap`, { ...paramsOf(key), body: {} })).data,
    {
      done: () => ({ type: 'success', header: `The old secret of ${key.name} has ended` }),
      after: onDismiss,
    },
  );
  return (
    <Dialog
      title={`End the overlap of ${key.name}`}
      action="End overlap"
      busy={end.isPending}
      disabled={inUse && typed !== key.name}
      error={end.error}
      onSubmit={() => end.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="POST"
          path={`/v1/tenants/${key.tenantId}/keys/${key.keyId}/end-overlap`}
          body={{}}
          command={`keywright keys end-overlap ${quoted(key.name)}`}
        />
      }
    >
      <Box>The old secret is refused within five seconds; the new one goes on working.</Box>
      {lastUsedAt !== null && inUse && (
        <>
          <Alert type="warning" header="The old secret is in use">
            It was sent {relativeTime(lastUsedAt, now)}. Whoever sends it is refused from then on.
          </Alert>
          <ConfirmName name={key.name} typed={typed} onType={setTyped} />
        </>
      )}
    </Dialog>
  );
}
