import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { type FormEvent, useState } from 'react';
import { ConfirmName } from '../../shared/form/confirm-name.tsx';
import { FormError } from '../../shared/form/form-error.tsx';
import { Modal } from '../../shared/form/modal.tsx';
import { useTyped } from '../../shared/form/use-draft.ts';
import { useFirstField } from '../../shared/form/use-first-field.ts';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { EnvironmentBadge } from '../../shared/show/environment-badge.tsx';
import { KeyStatus } from '../../shared/show/key-status.tsx';
import { Time } from '../../shared/show/time.tsx';
import { type BulkOperation, isOpenTo, type RowResult, useBulkChange, WORDS } from './bulk-change.ts';
import type { Key } from './key.ts';
import { ReasonField } from './reason-field.tsx';

interface BulkDialogProps {
  readonly operation: BulkOperation;
  readonly keys: readonly Key[];
  /** @param isOver whether something has come of it */
  readonly onDismiss: (isOver: boolean) => void;
}

/** Disables or revokes several keys, and says of each what came of it. */
export function BulkDialog({ operation, keys, onDismiss }: BulkDialogProps) {
  // As they were when it was opened: the list is read again meanwhile.
  const [chosen] = useState(keys);
  const open = chosen.filter((key) => isOpenTo(operation, key));
  const [reason, setReason] = useTyped(`bulk.${operation}`, '');
  const [typed, setTyped] = useState('');
  const { results, change } = useBulkChange(operation, open);
  const form = useFirstField();
  const { verb } = WORDS[operation];
  const name = `${open.length} ${open.length === 1 ? 'key' : 'keys'}`;
  const isReady = open.length > 0 && (operation === 'disable' || typed === name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !change.isPending) change.mutate(reason.trim());
  };
  const isOver = change.isSuccess;
  return (
    <Modal size="large" header={`${verb} ${name}`} onDismiss={() => !change.isPending && onDismiss(isOver)}>
      <form ref={form} onSubmit={submit}>
        <SpaceBetween size="l">
          {!isOver && <Consequence operation={operation} />}
          <Rows operation={operation} keys={chosen} results={results} />
          {!isOver && open.length > 0 && (
            <ReasonField reason={reason} onChange={setReason} error={change.error} ofMany />
          )}
          {operation === 'revoke' && !isOver && open.length > 0 && (
            <ConfirmName name={name} typed={typed} onType={setTyped} />
          )}
          {!isOver && open.length > 0 && <BulkAsCode operation={operation} keys={open} reason={reason} />}
          <FormError error={change.error} />
          <Buttons
            verb={verb}
            isOver={isOver}
            busy={change.isPending}
            ready={isReady}
            onDismiss={() => onDismiss(isOver)}
          />
        </SpaceBetween>
      </form>
    </Modal>
  );
}

function Consequence({ operation }: { operation: BulkOperation }) {
  return operation === 'disable' ? (
    <Box>Their calls are refused within five seconds. You can enable each of them again at any time.</Box>
  ) : (
    <Alert type="warning">A revoked key never works again. To stop them for now, disable them instead.</Alert>
  );
}

interface BulkAsCodeProps {
  readonly operation: BulkOperation;
  readonly keys: readonly Key[];
  readonly reason: string;
}

function BulkAsCode({ operation, keys, reason }: BulkAsCodeProps) {
  const body = reason.trim() === '' ? {} : { reason: reason.trim() };
  return (
    <AsCode
      method="POST"
      path={keys.map(({ tenantId, keyId }) => `/v1/tenants/${tenantId}/keys/${keyId}/${operation}`)}
      body={body}
      command={keys
        .map(({ tenantId, keyId }) => keywright(['keys', operation, keyId], { tenant: tenantId, ...body }))
        .join('\n')}
    />
  );
}

interface ButtonsProps {
  readonly verb: string;
  readonly isOver: boolean;
  readonly busy: boolean;
  readonly ready: boolean;
  readonly onDismiss: () => void;
}

function Buttons({ verb, isOver, busy, ready, onDismiss }: ButtonsProps) {
  return (
    <Box float="right">
      {isOver ? (
        <Button variant="primary" formAction="none" onClick={onDismiss}>
          Close
        </Button>
      ) : (
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="link" formAction="none" disabled={busy} onClick={onDismiss}>
            Cancel
          </Button>
          <Button variant="primary" loading={busy} loadingText={verb} disabled={!ready}>
            {verb}
          </Button>
        </SpaceBetween>
      )}
    </Box>
  );
}

interface RowsProps {
  readonly operation: BulkOperation;
  readonly keys: readonly Key[];
  readonly results: ReadonlyMap<string, RowResult>;
}

function Rows({ operation, keys, results }: RowsProps) {
  return (
    <Table
      items={[...keys]}
      trackBy="keyId"
      variant="borderless"
      wrapLines
      ariaLabels={{ tableLabel: 'Chosen keys' }}
      columnDefinitions={[
        {
          id: 'name',
          header: 'Key',
          isRowHeader: true,
          cell: (key) => (
            <>
              {key.name} <EnvironmentBadge environment={key.environment} />
              <Box color="text-body-secondary" fontSize="body-s">
                Last used: <Time at={key.lastUsedAt} fallback="never" />
              </Box>
            </>
          ),
        },
        {
          id: 'result',
          header: results.size > 0 ? 'What came of it' : 'Status',
          cell: (key) => <Result operation={operation} of={key} result={results.get(key.keyId)} />,
        },
      ]}
    />
  );
}

interface ResultProps {
  readonly operation: BulkOperation;
  readonly of: Key;
  readonly result: RowResult | undefined;
}

function Result({ operation, of: key, result }: ResultProps) {
  if (!isOpenTo(operation, key))
    return (
      <span>
        <KeyStatus of={key} />, stays as it is
      </span>
    );
  if (result === undefined) return <KeyStatus of={key} />;
  if (result.kind === 'running') return <StatusIndicator type="loading">Under way</StatusIndicator>;
  if (result.kind === 'waits')
    return <StatusIndicator type="pending">Waits for a second admin</StatusIndicator>;
  if (result.kind === 'failed') return <StatusIndicator type="error">{result.message}</StatusIndicator>;
  return <StatusIndicator type="success">{WORDS[operation].done}</StatusIndicator>;
}
