import type { Route } from 'playwright-core';

const REQUEST_ID = 'a-request-that-failed';

const refusal = (status: number, code: string) => (route: Route) =>
  route.fulfill({
    status,
    contentType: 'application/json',
    // A broken dependency is asked again by the client, but not for longer than a person waits.
    headers: { 'retry-after': '60' },
    body: JSON.stringify({
      error: { code, message: 'It was refused', type: 'api_error', requestId: REQUEST_ID },
    }),
  });

/** All of the API but who is signed in. */
export const BUT_ME = /\/v1\/(?!me(?:\?|$))/;

/** What the API does, and what every page says then. */
export const STATES = [
  ['loading', () => undefined, '[aria-label="Loading"], [aria-busy="true"]'],
  ['an error, with its request’s id', refusal(500, 'internal_error'), `text=${REQUEST_ID}`],
  ['too many requests', refusal(429, 'too_many_requests'), 'text=Too many requests at once'],
  ['forbidden', refusal(403, 'forbidden'), 'text=Your role does not allow this'],
  ['a second factor', refusal(403, 'mfa_required'), 'text=Confirm it’s you'],
  ['no network', (route: Route) => route.abort(), 'text=You may be offline'],
] as const;
