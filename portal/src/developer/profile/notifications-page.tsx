import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../../shared/api/answers.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { reading } from '../../shared/api/queries.ts';
import { Page } from '../../shared/shell/page.tsx';
import { PageState } from '../../shared/states/page-state.tsx';

const NOTIFICATIONS = '/v1/me/notifications';
type Notifications = Answer<typeof NOTIFICATIONS>;

const KINDS = [
  ['approvals', 'What waits for you', 'At once, when somebody asks for a decision of yours.'],
  ['decisions', 'What was decided', 'At once, on what you asked for.'],
  ['expiring', 'Keys that end', '14 and 7 days ahead in the daily digest, on the last day at once.'],
  ['leaked', 'Leaked keys', 'At once, when somebody reports a key that strangers hold.'],
  ['newNetwork', 'New networks', 'In the daily digest, when a key is used from where it was never used.'],
] as const;

/** What a person is told by mail. */
export function NotificationsPage() {
  const { data, error, refetch } = useQuery(reading(NOTIFICATIONS, {}));
  if (data === undefined) {
    return <PageState title="Notifications" error={error} retry={() => void refetch()} />;
  }
  return (
    <Page title="Notifications" description={`By mail to ${data.address ?? 'an address that is not known'}.`}>
      <SpaceBetween size="l">
        <Standstill of={data} />
        <Choices of={data} />
      </SpaceBetween>
    </Page>
  );
}

/** Why no mails come. */
function Standstill({ of: { available, address, stopped } }: { of: Notifications }) {
  if (!available) return <Alert type="info">This deployment sends no mails.</Alert>;
  if (address === null)
    return <Alert type="info">Whoever signs you in has told no verified address of yours.</Alert>;
  if (stopped === null) return null;
  const why = stopped.reason === 'bounce' ? 'came back' : 'were reported as unwanted';
  return (
    <Alert type="warning" header="Mails to you have stopped">
      Some {why}. Change anything below, and they begin again.
    </Alert>
  );
}

function Choices({ of: { available, address, stopped, ...choices } }: { of: Notifications }) {
  const save = useChange(async (body: typeof choices) => (await api.PUT(NOTIFICATIONS, { body })).data, {
    stale: [NOTIFICATIONS],
    done: () => ({ type: 'success', header: 'Saved' }),
    failed: 'Nothing was changed',
  });
  return (
    <Container>
      <SpaceBetween size="m">
        {KINDS.map(([kind, label, description]) => (
          <Toggle
            key={kind}
            checked={choices[kind] === 'mail'}
            disabled={!available || address === null || save.isPending}
            description={description}
            onChange={({ detail }) => save.mutate({ ...choices, [kind]: detail.checked ? 'mail' : 'off' })}
          >
            {label}
          </Toggle>
        ))}
      </SpaceBetween>
    </Container>
  );
}
