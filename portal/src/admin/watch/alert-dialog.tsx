import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { countedInWords } from '../../../../core/contract/usage-names.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { explainUrl } from '../../shared/explain/asked.ts';
import { Dialog } from '../../shared/form/dialog.tsx';
import { Modal } from '../../shared/form/modal.tsx';
import { Optional } from '../../shared/form/optional.tsx';
import { useTyped } from '../../shared/form/use-draft.ts';
import { PersonName } from '../../shared/people/person-name.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { CopyId } from '../../shared/show/copy-id.tsx';
import { Facts } from '../../shared/show/facts.tsx';
import { count } from '../../shared/show/limits.ts';
import { absoluteTime } from '../../shared/show/time.tsx';
import { baseOf } from '../scope.tsx';
import { type Alert as Found, KINDS } from './alert.ts';
import { AlertMeasures } from './alert-measures.tsx';

interface AlertDialogProps {
  readonly of: Found;
  readonly mayChange: boolean;
  readonly onDismiss: () => void;
}

/** What was found, why it stands out, and what to do about it. */
export function AlertDialog({ of: alert, mayChange, onDismiss }: AlertDialogProps) {
  const [note, setNote] = useTyped(`alert.${alert.alertId}`, '');
  const body = note.trim() === '' ? {} : { note: note.trim() };
  const acknowledge = useChange(
    async () =>
      (
        await api.POST('/v1/alerts/{alertId}/acknowledge', {
          params: { path: { alertId: alert.alertId } },
          body,
        })
      ).data,
    {
      stale: ['/v1/alerts'],
      done: () => ({ type: 'success', header: 'Acknowledged' }),
      after: onDismiss,
    },
  );
  if (alert.state === 'acknowledged' || !mayChange) {
    return (
      <Modal size="large" header={KINDS[alert.kind]} onDismiss={onDismiss}>
        <Evidence of={alert} />
      </Modal>
    );
  }
  return (
    <Dialog
      title={KINDS[alert.kind]}
      action="Acknowledge"
      busy={acknowledge.isPending}
      error={acknowledge.error}
      onSubmit={() => acknowledge.mutate(undefined)}
      onDismiss={onDismiss}
      asCode={
        <AsCode
          method="POST"
          path={`/v1/alerts/${alert.alertId}/acknowledge`}
          body={body}
          command={keywright(['alerts', 'acknowledge', alert.alertId], body)}
        />
      }
    >
      <Evidence of={alert} />
      <AlertMeasures of={alert} onDone={onDismiss} />
      <FormField label={<Optional>Note</Optional>} description="What you found, for others.">
        <Textarea value={note} rows={2} onChange={({ detail }) => setNote(detail.value)} />
      </FormField>
    </Dialog>
  );
}

function Evidence({
  of: { alertId, evidence, subject, tenantId, suggestion, note, acknowledgedBy },
}: {
  of: Found;
}) {
  const { window, measured, threshold, usual, networks, countries, keyIds } = evidence;
  const isKey = subject.type === 'apiKey' && tenantId !== null;
  return (
    <SpaceBetween size="m">
      <Alert type="info">{suggestion}</Alert>
      <Facts
        columns={2}
        facts={[
          [
            'Of',
            isKey ? (
              <Link key="subject" href={`${baseOf(tenantId)}/keys/${subject.id}`}>
                {subject.id}
              </Link>
            ) : (
              <CopyId key="subject" id={subject.id} what="subject ID" />
            ),
          ],
          ['Alert ID', <CopyId key="alert" id={alertId} what="alert ID" />],
          ['When', `${absoluteTime(window.from)} to ${absoluteTime(window.to)}`],
          ['Measured', count(measured)],
          ['Threshold', count(threshold)],
          ['Usual', usual === null ? 'Not known' : count(usual)],
          ['Networks', networks.map(countedInWords).join(', ') || '–'],
          ['Countries', countries.map(countedInWords).join(', ') || '–'],
          ...(isKey || keyIds.length === 0 ? [] : [['Keys named', keyIds.join(', ')] as const]),
        ]}
      />
      {tenantId !== null && /^(?:key|sub)_/.test(subject.id) && (
        <Link href={explainUrl(baseOf(tenantId), subject.id)}>Why calls of it were refused</Link>
      )}
      {acknowledgedBy && (
        <Box>
          Acknowledged by <PersonName id={acknowledgedBy} tenantId={tenantId} />
          {note ? `: ${note}` : ''}.
        </Box>
      )}
    </SpaceBetween>
  );
}
