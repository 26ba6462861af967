import {
  type Answer as Answered,
  KeywrightError,
  keywrightClient,
} from '../../../../client/keywright-client.ts';
import type { Answer, Params, ReadPath } from './answers.ts';

const LONGEST_WAIT_MILLISECONDS = 30_000;
const ATTEMPTS = 3;
/** After which whoever waits is told so, and may ask again. */
const LONGEST_RETRY_AFTER_SECONDS = 5;

/** The management API at this page's own origin; the session's cookie goes along. */
export const api = keywrightClient({
  url: location.origin,
  credentials: { cookie: true },
  attempts: ATTEMPTS,
  longestWaitSeconds: LONGEST_RETRY_AFTER_SECONDS,
  fetch: (request) =>
    fetch(request, {
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(LONGEST_WAIT_MILLISECONDS)]),
    }),
});

/** Reads a path, typed by the OpenAPI document; `signal` gives up. */
export async function get<Path extends ReadPath>(
  path: Path,
  params: Params<Path>,
  signal: AbortSignal,
): Promise<Answer<Path>> {
  return (await getTagged(path, params, signal)).body;
}

/** Reads a path, with the tag by which a change can say what it is about; `*` where there is none. */
export async function getTagged<Path extends ReadPath>(
  path: Path,
  params: Params<Path>,
  signal: AbortSignal,
): Promise<{ body: Answer<Path>; etag: string }> {
  // The path is one of many here, for which TypeScript can't say that its parameters are its own.
  const read = api.GET as unknown as (path: string, init: object) => Promise<Answered<Answer<Path>>>;
  const { data, response } = await read(path, { params, signal });
  return { body: data, etag: response.headers.get('etag') ?? '*' };
}

/** Whether the sign-in has to be repeated with a second factor. */
export function wantsSecondFactor(error: unknown): boolean {
  return error instanceof KeywrightError && error.code === 'mfa_required';
}

/** Whether this person may not do it, with whatever sign-in. */
export function isForbidden(error: unknown): boolean {
  return error instanceof KeywrightError && error.code === 'forbidden';
}

/** Whether nobody is signed in, or not any more. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof KeywrightError && error.status === 401;
}
