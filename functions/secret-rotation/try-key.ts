import type { KeywrightClient } from '../../client/keywright-client.ts';
import type { StoredKey } from './stored-key.ts';

/** What trying a key needs. */
export interface Trying {
  readonly api: Pick<KeywrightClient, 'POST'>;
  readonly fetch: typeof fetch;
  /** In place of the secret's own `probe`, which whoever may write the secret chooses. */
  readonly probe?: string | undefined;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** Records live 3 seconds where they are remembered; a busy log of changes takes longer. */
const MOST_TRIES = 20;
const PAUSE_MILLISECONDS = 500;
const LONGEST_ANSWER_MILLISECONDS = 5_000;
const REFUSED = [401, 403];

/**
 * Tries a key until it is let in: where its consumers use it if a probe is named, or else by what authorizers would say.
 * @throws Error that says how it was refused last
 */
export async function tryKey(stored: StoredKey, trying: Trying): Promise<void> {
  const probe = trying.probe ?? stored.keywright.probe;
  let last = '';
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (tries > 0) await trying.pause(PAUSE_MILLISECONDS);
    last = await (probe === undefined ? refusalByVerify(stored, trying) : refusalAt(probe, stored, trying));
    if (last === '') return;
  }
  throw new Error(`The new key of ${stored.keywright.id} is not let in: ${last}.`);
}

/** '' for a key that is let in. */
async function refusalByVerify({ key, keywright, clientKey }: StoredKey, { api }: Trying): Promise<string> {
  const body = { key, tenantId: keywright.tenant, cost: 0, ...(clientKey !== undefined && { clientKey }) };
  const { data } = await api.POST('/v1/verify', { body });
  if (!('code' in data)) return 'POST /v1/verify gave no answer';
  const { valid, code } = data;
  const isAbsent =
    code === 'authentication_failed' || code === 'tenant_mismatch' || code === 'authorizer_unavailable';
  return valid || !isAbsent ? '' : `POST /v1/verify says ${code}`;
}

async function refusalAt(
  probe: string,
  { key, keywright, clientKey }: StoredKey,
  trying: Trying,
): Promise<string> {
  const url = probeUrl(probe);
  const headers: Record<string, string> =
    keywright.type === 'apiKey'
      ? { 'x-api-key': key, 'x-tn': keywright.tenant }
      : { 'ocp-apim-subscription-key': key, ...(clientKey !== undefined && { 'client-key': clientKey }) };
  try {
    // A redirect would take the key along to another host.
    const { status } = await trying.fetch(url, {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(LONGEST_ANSWER_MILLISECONDS),
    });
    return REFUSED.includes(status) ? `${url.origin} answers ${status}` : '';
  } catch {
    return `${url.origin} does not answer`;
  }
}

/** @throws Error for an address that a key may not be sent to */
function probeUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === 'http:' && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url !== undefined && (url.protocol === 'https:' || isLocal)) return url;
  throw new Error('The probe is no https address: a key is sent to no other.');
}
