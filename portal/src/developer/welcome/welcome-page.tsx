import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Answer } from '../../shared/api/answers.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { useConfig } from '../../shared/api/config.ts';
import { type Me, useMe } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { FormError, faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { Optional } from '../../shared/form/optional.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { PageSkeleton } from '../../shared/states/page-skeleton.tsx';
import { ErrorState } from '../../shared/states/states.tsx';

const SIGN_UPS = '/v1/sign-ups';
type SignUp = Answer<typeof SIGN_UPS>['items'][number];

/** Where somebody comes who has signed in and acts for no tenant: what there is to do next, by how people sign up. */
export function WelcomePage() {
  const me = useMe();
  const { brand } = useConfig();
  const { signUp } = me.features;
  return (
    <Page title={`Welcome to ${brand.name}`}>
      <Container>
        <SpaceBetween size="m">
          <Box>
            You are signed in as <strong>{me.email ?? me.sub}</strong>, and act for no tenant yet. If you were
            invited, open the link in the mail.
          </Box>
          {signUp === 'off' ? <AskForInvitation /> : <SigningUp by={signUp} />}
          {brand.supportUrl && (
            <Box color="text-body-secondary">
              Is something else the matter? <a href={brand.supportUrl}>Ask for help</a>.
            </Box>
          )}
        </SpaceBetween>
      </Container>
    </Page>
  );
}

function AskForInvitation() {
  return (
    <Box>
      An admin of your organisation can invite you by this e-mail address: ask whoever told you of this page.
    </Box>
  );
}

/** By what became of the person's sign-up, which there is one of at most. */
function SigningUp({ by }: { by: Exclude<Me['features']['signUp'], 'off'> }) {
  const { data, error, refetch } = useQuery(reading(SIGN_UPS, { query: { limit: 1 } }));
  const me = useQuery({ ...reading('/v1/me', { query: {} }), enabled: false });
  if (data === undefined) {
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <PageSkeleton />;
  }
  const [signUp] = data.items;
  const lookAgain = () => void Promise.all([refetch(), me.refetch()]);
  if (signUp?.state === 'pending' && by === 'request') return <Waiting of={signUp} onLook={lookAgain} />;
  if (signUp?.state === 'approved') {
    return (
      <Box>
        You signed up before, and act for no tenant any more. Ask an admin of your tenant for an invitation.
      </Box>
    );
  }
  return (
    <>
      {signUp?.state === 'rejected' && (
        <Alert type="info" header="Your request was rejected">
          {signUp.reason ?? 'No reason was given.'} You can ask again.
        </Alert>
      )}
      {by === 'open' ? <Starting /> : by === 'domains' ? <Joining /> : <Request before={signUp} />}
    </>
  );
}

function Waiting({ of: { requestedAt }, onLook }: { of: SignUp; onLook: () => void }) {
  return (
    <Alert
      type="info"
      header="Your request waits for an admin"
      action={<Button onClick={onLook}>Look again</Button>}
    >
      You asked on {new Date(requestedAt).toLocaleDateString()}. You are told by mail, where this deployment
      sends mails.
    </Alert>
  );
}

const STALE = [SIGN_UPS, '/v1/me', '/v1/tenants'];

/** The tenant of the address's domain takes its people in by itself. */
function Joining() {
  const join = useChange(async () => (await api.POST(SIGN_UPS, { body: {} })).data, { stale: STALE });
  return (
    <Answerable error={join.error}>
      <Box>People of your organisation join by their e-mail addresses.</Box>
      <Button variant="primary" loading={join.isPending} onClick={() => join.mutate(undefined)}>
        Join my organisation
      </Button>
    </Answerable>
  );
}

/** Nobody decides: it is a tenant of one's own, which an operator may let go live later. */
function Starting() {
  const me = useMe();
  const [company, setCompany] = useState('');
  const body = company.trim() === '' ? {} : { company: company.trim() };
  const start = useChange(async () => (await api.POST(SIGN_UPS, { body })).data, {
    stale: STALE,
    done: () => ({ type: 'success', header: 'Your tenant is there: choose what to try' }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!start.isPending) start.mutate(undefined);
      }}
    >
      <Form
        actions={
          <Button variant="primary" formAction="submit" loading={start.isPending}>
            Start in the sandbox
          </Button>
        }
      >
        <Answerable error={start.error}>
          <Box>
            You can also start by yourself: you get a tenant of your own, which holds your subscriptions and
            keys, for everything in the sandbox. Once that works, whoever runs this portal can let it go live.
          </Box>
          <FormField
            label={<Optional>What your tenant is called</Optional>}
            description="Your company or project. Whoever runs this sees it beside your e-mail address."
            fault={faultOf(start.error, 'company')}
          >
            <Input
              value={company}
              placeholder={me.email?.split('@')[0] ?? ''}
              onChange={({ detail }) => setCompany(detail.value)}
            />
          </FormField>
        </Answerable>
      </Form>
    </form>
  );
}

/** @param before what was asked and rejected, which is not typed again */
function Request({ before }: { before: SignUp | undefined }) {
  const [company, setCompany] = useState(before?.company ?? '');
  const [use, setUse] = useState(before?.use ?? '');
  const body = { company: company.trim(), use: use.trim() };
  const ask = useChange(async () => (await api.POST(SIGN_UPS, { body })).data, {
    stale: STALE,
    done: () => ({ type: 'success', header: 'You asked to be let in' }),
  });
  const submit = () => ask.mutate(undefined);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (body.company !== '' && body.use !== '') submit();
      }}
    >
      <Form
        actions={
          <Button
            variant="primary"
            formAction="submit"
            loading={ask.isPending}
            disabled={body.company === '' || body.use === ''}
          >
            Ask to be let in
          </Button>
        }
      >
        <Answerable error={ask.error}>
          <FormField label="Company">
            <Input value={company} onChange={({ detail }) => setCompany(detail.value)} />
          </FormField>
          <FormField label="What for" description="Whoever decides reads this.">
            <Textarea value={use} rows={3} onChange={({ detail }) => setUse(detail.value)} />
          </FormField>
        </Answerable>
      </Form>
    </form>
  );
}

function Answerable({ error, children }: { error: Error | null; children: ReactNode }) {
  return (
    <SpaceBetween size="m">
      {children}
      <FormError error={error} />
    </SpaceBetween>
  );
}
