import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../../shared/api/api.ts';
import { Dialog } from '../../shared/form/dialog.tsx';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { useTyped } from '../../shared/form/use-draft.ts';
import { RevealDialog } from '../../shared/reveal/reveal-dialog.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { baseOf } from '../scope.tsx';
import { KEY, type Key } from './key.ts';
import { paramsOf, useKeyChange } from './use-key-change.ts';

const QUIET_SECONDS = 21_600;
const LONGEST_SECONDS = 2_592_000;
const UNTIL_QUIET = 'quiet';
const OVERLAPS = [
  {
    value: UNTIL_QUIET,
    label: 'Until quiet',
    description:
      'The old secret ends once nobody has sent it for 6 hours and the new one is in use; after 30 days at the latest.',
  },
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '24 hours', description: 'Enough for a deployment with a night in between.' },
  { value: '604800', label: '7 days' },
  { value: '2592000', label: '30 days' },
  {
    value: '0',
    label: 'None',
    description: 'The old secret is refused within seconds. For a secret that leaked.',
  },
];

/** Gives a key a new secret; the old one works until the overlap ends. */
export function RotateDialog({ of: key, onDismiss }: { of: Key; onDismiss: () => void }) {
  const [overlap, setOverlap] = useTyped(`rotate.${key.keyId}`, '86400');
  const [secret, setSecret] = useState<string>();
  const navigate = useNavigate();
  const body = bodyOf(overlap);
  const again = key.secrets.length > 1;
  const rotate = useKeyChange(
    key,
    async () => (await api.POST(`${KEY}/rotate`, { ...paramsOf(key), body })).data,
    {
      done: () => undefined,
      after: (result) => ('secret' in result ? setSecret(String(result.secret)) : onDismiss()),
    },
  );
  const close = () => {
    setSecret(undefined);
    rotate.reset();
    onDismiss();
    void navigate(`${baseOf(key.tenantId)}/keys/${key.keyId}/rotation`);
  };
  if (secret !== undefined) {
    return (
      <RevealDialog
        title={`New secret of ${key.name}`}
        secret={secret}
        name={key.name}
        note="Put it where the old one is used. The next page shows who still sends the old one."
        onDone={close}
      />
    );
  }
  return (
    <Dialog
      title={`Rotate ${key.name}`}
      action="Rotate"
      busy={rotate.isPending}
      error={rotate.error}
      fields={['overlapSeconds', 'overlap']}
      onSubmit={() => rotate.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="POST"
          path={`/v1/tenants/${key.tenantId}/keys/${key.keyId}/rotate`}
          body={body}
          command={commandOf(key, overlap)}
        />
      }
    >
      <Box>The key gets a new secret, which is shown once. The old one goes on working for the overlap.</Box>
      {again && <Again />}
      <OverlapChoice overlap={overlap} onChoose={setOverlap} error={rotate.error} />
    </Dialog>
  );
}

function bodyOf(overlap: string) {
  return overlap === UNTIL_QUIET
    ? { overlap: { untilQuietSeconds: QUIET_SECONDS, atMostSeconds: LONGEST_SECONDS } }
    : { overlapSeconds: Number(overlap) };
}

function commandOf({ tenantId, keyId }: Key, overlap: string): string {
  const kept =
    overlap === UNTIL_QUIET
      ? { 'until-quiet': `${QUIET_SECONDS}s`, 'at-most': `${LONGEST_SECONDS}s` }
      : { overlap: overlap === '0' ? '0' : `${overlap}s` };
  return keywright(['keys', 'rotate', keyId], { tenant: tenantId, ...kept });
}

interface OverlapChoiceProps {
  readonly overlap: string;
  readonly onChoose: (overlap: string) => void;
  readonly error: Error | null;
}

function OverlapChoice({ overlap, onChoose, error }: OverlapChoiceProps) {
  return (
    <FormField label="Overlap" fault={faultOf(error, 'overlapSeconds') ?? faultOf(error, 'overlap')}>
      <RadioGroup value={overlap} items={OVERLAPS} onChange={({ detail }) => onChoose(detail.value)} />
    </FormField>
  );
}

function Again() {
  return (
    <Alert type="info">
      It is being rotated already. The newer secret is replaced at once, and the overlap’s end stays as it is.
    </Alert>
  );
}
