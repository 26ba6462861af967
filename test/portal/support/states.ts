import type { Page } from 'playwright-core';

const REQUEST_ID = 'a-request-that-failed';

/** What comes of a request: what is answered, that nothing can be reached, or nothing at all. */
type Answer = { readonly status: number; readonly json: object } | 'no network' | 'nothing';

const refusal = (status: number, code: string): Answer => ({
  status,
  json: { error: { code, message: 'It was refused', type: 'api_error', requestId: REQUEST_ID } },
});

/** What the API does, and what every page says then. */
export const STATES = [
  ['loading', 'nothing', '[aria-label="Loading"], [aria-busy="true"]'],
  ['an error, with its request’s id', refusal(500, 'internal_error'), `text=${REQUEST_ID}`],
  ['too many requests', refusal(429, 'too_many_requests'), 'text=Too many requests at once'],
  ['forbidden', refusal(403, 'forbidden'), 'text=Your role does not allow this'],
  ['a second factor', refusal(403, 'mfa_required'), 'text=Confirm it’s you'],
  ['no network', 'no network', 'text=You may be offline'],
] as const;

/** All of the API but who is signed in. */
const BUT_ME = /\/v1\/(?!me(?:\?|$))/;

/**
 * Has a page get this answer from the API, from all but `/v1/me` unless it is said of which addresses. What was loaded once is taken from the browser's cache all
 * the same, which Playwright's own routes would switch off for everything.
 */
export async function answerAll(page: Page, answer: Answer, of = BUT_ME): Promise<void> {
  const session = await page.context().newCDPSession(page);
  session.on('Fetch.requestPaused', ({ requestId, request }) => {
    const answered = () => {
      if (!of.test(request.url)) return session.send('Fetch.continueRequest', { requestId });
      if (answer === 'nothing') return undefined;
      if (answer === 'no network')
        return session.send('Fetch.failRequest', { requestId, errorReason: 'ConnectionRefused' });
      return session.send('Fetch.fulfillRequest', {
        requestId,
        responseCode: answer.status,
        responseHeaders: [
          { name: 'content-type', value: 'application/json' },
          // A broken dependency is asked again by the client, but not for longer than a person waits.
          { name: 'retry-after', value: '60' },
        ],
        body: Buffer.from(JSON.stringify(answer.json)).toString('base64'),
      });
    };
    // A page that is left meanwhile needs none.
    answered()?.catch(() => undefined);
  });
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*/v1/*' }] });
}
