import { useState } from 'react';
import type { ApiOperation } from '../../shared/api/api-document.ts';
import { type ApiCall, type Credentials, parameterKey, type Typed } from './api-call.ts';
import type { Outcome } from './outcome.ts';
import { sendCall } from './send-call.ts';

/** A call that was made, with what was typed for it and what came of it; kept in memory alone, and without a secret. */
export interface Sent {
  readonly at: number;
  readonly operationId: string;
  readonly method: string;
  readonly url: string;
  readonly typed: Typed;
  readonly outcome: Outcome;
}

const MOST_REMEMBERED = 20;

/** The calls of an API, of all its operations, newest first: so that the answer of one is there while another is made. */
export function useCalls() {
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const [shown, setShown] = useState<Sent>();
  const [isBusy, setBusy] = useState(false);
  const send = async (
    call: ApiCall,
    { operationId, typed, credentials }: Pick<Sent, 'operationId' | 'typed'> & { credentials: Credentials },
  ) => {
    setBusy(true);
    const outcome = await sendCall(call, credentials);
    const { method, url } = call;
    const next = { at: Date.now(), operationId, method, url, typed, outcome };
    setSent((before) => [next, ...before].slice(0, MOST_REMEMBERED));
    setShown(next);
    setBusy(false);
  };
  return { sent, shown, show: setShown, isBusy, send };
}

export type Calls = ReturnType<typeof useCalls>;

/** What an operation's form begins with: what it was last called with, or else the document's examples. */
export function typedAtFirst({ id, parameters, body }: ApiOperation, { sent, shown }: Calls): Typed {
  const before = shown?.operationId === id ? shown : sent.find(({ operationId }) => operationId === id);
  if (before !== undefined) return before.typed;
  const given = parameters
    .filter(({ required, example }) => required && example !== '')
    .map((parameter) => [parameterKey(parameter), parameter.example]);
  return { parameters: Object.fromEntries(given), body: body?.example ?? '' };
}
