import Box from '@cloudscape-design/components/box';
import { useState } from 'react';
import { api } from '../../shared/api/api.ts';
import { Dialog } from '../../shared/form/dialog.tsx';
import { useTyped } from '../../shared/form/use-draft.ts';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { KEY, type Key } from './key.ts';
import { ReasonField } from './reason-field.tsx';
import { ReceiptDialog } from './receipt.tsx';
import { paramsOf, useKeyChange } from './use-key-change.ts';

interface DisableDialogProps {
  readonly of: Key;
  readonly operation: 'disable' | 'enable';
  readonly onDismiss: () => void;
}

/** Stops a key for now, or lets it work again. */
export function DisableDialog({ of: key, operation, onDismiss }: DisableDialogProps) {
  const disable = operation === 'disable';
  const [isDone, setDone] = useState(false);
  const [reason, setReason] = useTyped(`disable.${key.keyId}`, '');
  const body = disable && reason.trim() !== '' ? { reason: reason.trim() } : {};
  const change = useKeyChange(
    key,
    async () => {
      const params = paramsOf(key);
      return disable
        ? (await api.POST(`${KEY}/disable`, { ...params, body })).data
        : (await api.POST(`${KEY}/enable`, { ...params, body: {} })).data;
    },
    {
      done: () => ({
        type: 'success',
        header: disable ? `${key.name} is disabled` : `${key.name} works again`,
        content: 'Every API knows within five seconds.',
      }),
      after: () => (disable ? setDone(true) : onDismiss()),
    },
  );
  const title = `${disable ? 'Disable' : 'Enable'} ${key.name}`;
  if (isDone) return <ReceiptDialog of={key} onDismiss={onDismiss} />;
  return (
    <Dialog
      title={title}
      action={disable ? 'Disable' : 'Enable'}
      busy={change.isPending}
      error={change.error}
      fields={['reason']}
      onSubmit={() => change.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="POST"
          path={`/v1/tenants/${key.tenantId}/keys/${key.keyId}/${operation}`}
          body={body}
          command={keywright(['keys', operation, key.keyId], { tenant: key.tenantId, ...body })}
        />
      }
    >
      <Box>
        {disable
          ? 'Its calls are refused within five seconds. You can enable it again at any time.'
          : 'Its calls are let in again, by the secrets that it has.'}
      </Box>
      {disable && <ReasonField reason={reason} onChange={setReason} error={change.error} />}
    </Dialog>
  );
}
