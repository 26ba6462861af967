import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import type { ApiOperation } from '../../shared/api/api-document.ts';
import { useTenants } from '../../shared/api/tenants.ts';
import { type Credentials, callOf, parameterKey, type Typed, type Wants } from './api-call.ts';
import { CallCode } from './call-code.tsx';
import { CallOutcome } from './call-outcome.tsx';
import type { NamedKey } from './known-key.ts';
import { mayCall } from './may-call.ts';
import { bodyFault, RequestFields } from './request-fields.tsx';
import { type Calls, typedAtFirst } from './use-calls.ts';

interface OperationCallProps {
  readonly of: ApiOperation;
  readonly baseUrl: string;
  readonly wants: Wants;
  readonly credentials: Credentials;
  readonly known: NamedKey;
  readonly calls: Calls;
}

/** One operation: its form, the call that it makes, and what came of it. */
export function OperationCall(props: OperationCallProps) {
  const { of: operation, baseUrl, wants, credentials, known, calls } = props;
  const { shown, isBusy, send } = calls;
  const [typed, setTyped] = useState<Typed>(() => typedAtFirst(operation, calls));
  const { tenants } = useTenants();
  const tenantId = credentials.tenantId || (known.tenantId ?? tenants[0]?.tenantId ?? '');
  const call = callOf(operation, typed, { baseUrl, wants, tenantId });
  const isReady = URL.canParse(baseUrl) && isComplete(operation, typed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isBusy && isReady) void send(call, { operationId: operation.id, typed, credentials });
  };
  return (
    <SpaceBetween size="l">
      <form onSubmit={submit}>
        <Container header={<CallHeader of={operation} busy={isBusy} isReady={isReady} />}>
          <SpaceBetween size="m">
            <Box>
              <span className="mono small">
                {call.method} {call.url}
              </span>
            </Box>
            <Allowed of={operation} known={known} isEmpty={credentials.key.trim() === ''} />
            <RequestFields of={operation} typed={typed} onChange={setTyped} />
          </SpaceBetween>
        </Container>
      </form>
      {shown?.operationId === operation.id && <CallOutcome of={shown.outcome} wants={wants} />}
      <CallCode of={call} />
    </SpaceBetween>
  );
}

function isComplete(operation: ApiOperation, { parameters, body }: Typed): boolean {
  return (
    bodyFault(operation, body) === undefined &&
    operation.parameters.every((parameter) => !parameter.required || parameters[parameterKey(parameter)])
  );
}

function CallHeader({ of, busy, isReady }: { of: ApiOperation; busy: boolean; isReady: boolean }) {
  return (
    <Header
      variant="h2"
      description={of.description || undefined}
      actions={
        <Button variant="primary" loading={busy} loadingText="Sending" disabled={!isReady}>
          Send
        </Button>
      }
    >
      {of.summary}
    </Header>
  );
}

interface AllowedProps {
  readonly of: ApiOperation;
  readonly known: NamedKey;
  readonly isEmpty: boolean;
}

/** Said before anything is sent. */
function Allowed({ of: operation, known, isEmpty }: AllowedProps) {
  if (isEmpty) return <Alert type="info">Put in a key above: without one the API refuses every call.</Alert>;
  if (mayCall(operation, known.key) !== false) return null;
  return (
    <Alert type="warning" header="This key may not call this">
      It takes {operation.permission ?? 'a public route'}. You can send it all the same, and see the refusal.
    </Alert>
  );
}
