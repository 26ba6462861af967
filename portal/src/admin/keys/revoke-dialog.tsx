import Alert from '@cloudscape-design/components/alert';
import { useState } from 'react';
import { api } from '../../shared/api/api.ts';
import { ConfirmName } from '../../shared/form/confirm-name.tsx';
import { Dialog } from '../../shared/form/dialog.tsx';
import { useTyped } from '../../shared/form/use-draft.ts';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { KEY, type Key } from './key.ts';
import { ReasonField } from './reason-field.tsx';
import { ReceiptDialog } from './receipt.tsx';
import { paramsOf, useKeyChange } from './use-key-change.ts';
import { UsesOfDay } from './uses-of-day.tsx';

/** Ends a key for good; asks for its name, and shows who would notice. */
export function RevokeDialog({ of: key, onDismiss }: { of: Key; onDismiss: () => void }) {
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useTyped(`revoke.${key.keyId}`, '');
  const [isDone, setDone] = useState(false);
  const body = reason.trim() === '' ? {} : { reason: reason.trim() };
  const revoke = useKeyChange(
    key,
    async () => (await api.POST(`${KEY}/revoke`, { ...paramsOf(key), body })).data,
    {
      done: () => ({
        type: 'success',
        header: `${key.name} is revoked`,
        content: 'Every API refuses it within five seconds. It can’t be brought back.',
      }),
      after: () => setDone(true),
    },
  );
  if (isDone) return <ReceiptDialog of={key} onDismiss={onDismiss} />;
  return (
    <Dialog
      title={`Revoke ${key.name}`}
      action="Revoke"
      busy={revoke.isPending}
      disabled={typed !== key.name}
      error={revoke.error}
      fields={['reason']}
      onSubmit={() => revoke.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="POST"
          path={`/v1/tenants/${key.tenantId}/keys/${key.keyId}/revoke`}
          body={body}
          command={keywright(['keys', 'revoke', key.keyId], {
            tenant: key.tenantId,
            reason: reason.trim() || undefined,
          })}
        />
      }
    >
      <Alert type="warning">A revoked key never works again. To stop it for now, disable it instead.</Alert>
      <UsesOfDay of={key} />
      <ReasonField reason={reason} onChange={setReason} error={revoke.error} />
      <ConfirmName name={key.name} typed={typed} onType={setTyped} />
    </Dialog>
  );
}
