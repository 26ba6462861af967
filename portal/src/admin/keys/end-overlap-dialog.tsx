import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import { useState } from 'react';
import { senderInWords } from '../../../../core/contract/usage-names.ts';
import { api } from '../../shared/api/api.ts';
import { ConfirmName } from '../../shared/form/confirm-name.tsx';
import { Dialog } from '../../shared/form/dialog.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { lengthOf } from '../../shared/show/time.tsx';
import { KEY, type Key } from './key.ts';
import { useOverlap } from './overlap.ts';
import { paramsOf, useKeyChange } from './use-key-change.ts';

/** Ends the old secret now; asks for the key's name while somebody still sends it. */
export function EndOverlapDialog({ of: key, onDismiss }: { of: Key; onDismiss: () => void }) {
  const [typed, setTyped] = useState('');
  const { data } = useOverlap(key);
  const inUse = data?.verdict === 'in_use';
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
      disabled={data === undefined || (inUse && typed !== key.name)}
      error={end.error}
      onSubmit={() => end.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="POST"
          path={`/v1/tenants/${key.tenantId}/keys/${key.keyId}/end-overlap`}
          body={{}}
          command={keywright(['keys', 'end-overlap', key.keyId], { tenant: key.tenantId })}
        />
      }
    >
      <Box>The old secret is refused within five seconds; the new one goes on working.</Box>
      {inUse && (
        <Alert type="warning" header="The old secret is in use">
          It was sent {lengthOf((data.quietFor ?? 0) * 1000) ?? 'less than a minute'} ago, by{' '}
          {data.old?.networks.map(senderInWords).join(', ') || 'somebody'}. Whoever sends it is refused from
          then on.
        </Alert>
      )}
      {inUse && <ConfirmName name={key.name} typed={typed} onType={setTyped} />}
    </Dialog>
  );
}
