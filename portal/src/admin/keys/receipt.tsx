import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../../shared/api/answers.ts';
import { reading } from '../../shared/api/queries.ts';
import { Modal } from '../../shared/form/modal.tsx';
import { Facts } from '../../shared/show/facts.tsx';
import { absoluteTime, dayOf } from '../../shared/show/time.tsx';
import { PartSkeleton } from '../../shared/states/page-skeleton.tsx';
import { ErrorState } from '../../shared/states/states.tsx';
import { KEY, type Key } from './key.ts';

const RECEIPT = `${KEY}/receipt` as const;
type Known = Answer<typeof RECEIPT>;
const REFRESH_MILLISECONDS = 3000;

/** The last admitted and the first refused call of a key that was stopped, as the logs tell of them. */
export function Receipt({ of: { tenantId, keyId } }: { of: Key }) {
  const { data, error, refetch } = useQuery({
    ...reading(RECEIPT, { path: { tenantId, keyId } }),
    // Logs come later than the calls; once a call was refused nothing more is to come.
    refetchInterval: ({ state }) => (state.data?.firstRefusedAt ? false : REFRESH_MILLISECONDS),
  });
  if (data === undefined) {
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <PartSkeleton height="72px" />;
  }
  const { endedAt, lastAdmitted, firstRefusedAt } = data;
  return (
    <SpaceBetween size="s">
      <Facts
        columns={3}
        facts={[
          ['Stopped', endedAt === null ? 'Not known yet' : exactTime(endedAt)],
          ['Last admitted', lastAdmitted === null ? 'No call seen' : admittedInWords(lastAdmitted, endedAt)],
          [
            'First refused',
            firstRefusedAt === null ? 'No call seen yet' : exactTime(firstRefusedAt, endedAt),
          ],
        ]}
      />
      <div aria-live="polite">
        <Verdict of={data} />
      </div>
    </SpaceBetween>
  );
}

function Verdict({ of: { endedAt, lastAdmitted, firstRefusedAt } }: { of: Known }) {
  if (firstRefusedAt === null) {
    return (
      <StatusIndicator type="pending">
        No call seen since: logs come within minutes, and nobody may have called
      </StatusIndicator>
    );
  }
  const from = lastAdmitted !== null && lastAdmitted.at > firstRefusedAt ? lastAdmitted.at : firstRefusedAt;
  return <StatusIndicator type="success">0 admitted after {exactTime(from, endedAt)}</StatusIndicator>;
}

function admittedInWords(
  { at, isExact }: NonNullable<Known['lastAdmitted']>,
  endedAt: string | null,
): string {
  const time = exactTime(at, endedAt);
  return isExact ? time : `${time}, or up to a minute later`;
}

/** With tenths of a second, of which a few make the difference here. @param beside of the same day perhaps, which is said once */
function exactTime(time: string, beside: string | null = null): string {
  const tenths = Math.floor(new Date(time).getMilliseconds() / 100);
  const text = absoluteTime(time);
  const isSameDay = beside !== null && dayOf(beside) === dayOf(time);
  return `${isSameDay ? text.split(', ').at(-1) : text}.${tenths}`;
}

interface ReceiptDialogProps {
  readonly of: Key;
  readonly onDismiss: () => void;
}

/** What comes after a key was stopped: the proof, as soon as there is one. */
export function ReceiptDialog({ of: key, onDismiss }: ReceiptDialogProps) {
  return (
    <Modal
      header={`Receipt for ${key.name}`}
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onDismiss}>
            Close
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box>
          Every API refuses it within five seconds. The calls around that, as access logs tell of them:
        </Box>
        <Receipt of={key} />
        <Box color="text-body-secondary" fontSize="body-s">
          This stays on the key’s page.
        </Box>
      </SpaceBetween>
    </Modal>
  );
}
