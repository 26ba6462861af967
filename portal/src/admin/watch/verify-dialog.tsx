import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Head } from '../../../../core/domain/audit/audit-chain.ts';
import { Dialog } from '../../shared/form/dialog.tsx';
import { Optional } from '../../shared/form/optional.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import { CodeBlock } from '../../shared/show/code-block.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { count } from '../../shared/show/limits.ts';
import { headIn } from './head-text.ts';
import { keepHead, seenHead } from './seen-head.ts';
import { type Verified, verifyChain } from './verify-chain.ts';

interface VerifyDialogProps {
  /** Undefined for what belongs to no tenant. */
  readonly tenantId: string | undefined;
  readonly onVerified: (verified: Verified) => void;
  readonly onDismiss: () => void;
}

const MOST_SHOWN = 20;

/** Checks the log's chain in this browser: what the server says of it is not believed. */
export function VerifyDialog({ tenantId, onVerified, onDismiss }: VerifyDialogProps) {
  const [noted, setNoted] = useState('');
  const [checked, setChecked] = useState(0);
  const leaving = useRef(new AbortController());
  useEffect(() => {
    leaving.current = new AbortController();
    return () => leaving.current.abort();
  }, []);
  const [before] = useState(() => seenHead(tenantId));
  const verify = useMutation({
    mutationFn: () => {
      const heads = [headIn(noted), before].filter((head): head is Head => head !== undefined);
      setChecked(0);
      return verifyChain({ tenantId, heads, signal: leaving.current.signal, onProgress: setChecked });
    },
    onSuccess: (verified) => {
      if (verified.head && verified.tampering.length === 0) keepHead(tenantId, verified.head);
      onVerified(verified);
    },
  });
  const isHead = noted.trim() === '' || headIn(noted) !== undefined;
  return (
    <Dialog
      title="Verify the audit log"
      action={verify.isSuccess ? 'Verify again' : 'Verify'}
      busy={verify.isPending}
      disabled={!isHead}
      error={verify.error}
      onSubmit={() => verify.mutate()}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="GET"
          path={`/v1/audit/verify${tenantId === undefined ? '' : `?tenantId=${tenantId}`}`}
          command={keywright(['audit', 'verify'], { tenant: tenantId })}
        />
      }
    >
      <Box>
        Each record is chained to the one before by its hash. This browser reads all of them, makes the hashes
        itself and compares
        {before ? `, also with the head that it came to last, at #${before.seq}` : ''}.
        {tenantId === undefined &&
          ' Here these are the records of what belongs to no tenant: APIs and products.'}
      </Box>
      <FormField
        label={<Optional>A head that you noted</Optional>}
        description="Nothing may be missing or different up to it."
        errorText={isHead ? undefined : 'A head is a number, a colon and 64 hexadecimal digits.'}
      >
        <Input
          value={noted}
          onChange={({ detail }) => setNoted(detail.value)}
          placeholder="28:d3e7…"
          spellcheck={false}
          autoComplete={false}
        />
      </FormField>
      <div aria-live="polite">
        {verify.isPending && (
          <StatusIndicator type="loading">{`${count(checked)} records checked`}</StatusIndicator>
        )}
        {verify.data && <Outcome of={verify.data} />}
      </div>
    </Dialog>
  );
}

function Outcome({ of: { head, tampering } }: { of: Verified }) {
  if (tampering.length > 0) {
    return (
      <Alert type="error" header={`The log is not as it was written: ${count(tampering.length)} found`}>
        <ul>
          {tampering.slice(0, MOST_SHOWN).map(({ kind, seq, message }) => (
            <li key={`${kind} ${seq} ${message}`}>{message}</li>
          ))}
        </ul>
      </Alert>
    );
  }
  if (head === undefined) return <StatusIndicator type="info">There are no records yet</StatusIndicator>;
  return (
    <SpaceBetween size="s">
      <StatusIndicator type="success">{`Verified to #${head.seq}`}</StatusIndicator>
      <Box color="text-body-secondary">
        Write the head down where nobody who can write to the log can: it stands for every record up to it.
      </Box>
      <CodeBlock text={`${head.seq}:${head.hash}`} what="head" />
    </SpaceBetween>
  );
}
