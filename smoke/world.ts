import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws, Credentials } from './aws.ts';
import type { Tell } from './finding.ts';
import type { Management } from './management.ts';
import type { ProtectedApi } from './protected-api.ts';
import type { Undo } from './undo.ts';

/** Whatever the smoke test makes lies here; it has no live credentials between two runs. */
export const SMOKE_TENANT = 'tenant_keywright_smoke';
/** An API of its own, for `POST /v1/verify`. */
export const SMOKE_API = 'api_SmokeTest000';
/** What a run was cut off from taking away ends by itself. */
const LONGEST_LIFE_MILLISECONDS = 3_600_000;

/** Requests that AWS credentials sign: of whom, and where. */
export interface Signing {
  readonly region: string;
  credentials(): Promise<Credentials>;
}

/** What the checks act on. */
export interface World {
  readonly url: string;
  /** The operator's access token. */
  readonly token: string;
  readonly management: Management;
  /** As `management`, of calls that go on when the run is stopped. */
  readonly cleaner: Management;
  readonly apis: readonly ProtectedApi[];
  /** The account; absent where no credentials were named, and against `npm start`. */
  readonly aws: Aws | undefined;
  /** ARN of the topic of alarms. */
  readonly alarmTopic: string | undefined;
  /** Where the brake behind glass is called; absent where that is not known. */
  readonly brakeUrl: string | undefined;
  /** Whether it is `npm start` that is tested, which shows alarms and mails. */
  readonly isLocal: boolean;
  readonly signing: Signing | undefined;
  /** An access token for APIs that require one. */
  readonly oauthToken: string | undefined;
  /** The access token of a first sign-in. */
  readonly firstToken: string | undefined;
  /** What keys and subscriptions of this run are called, and no others. */
  readonly runName: string;
  readonly tell: Tell;
  readonly undo: Undo;
  /** Says what stays, since it can't be taken away. */
  readonly keep: (what: string) => void;
  readonly signal: AbortSignal;
}

export interface MadeKey {
  readonly keyId: string;
  readonly secret: string;
}

/** A secret key of the smoke test's tenant, which is revoked at the end and expires within the hour in any case. */
export async function makeKey(
  { management, cleaner, undo, runName }: World,
  environment: ProtectedApi['environment'],
  restrictions: object = {},
): Promise<MadeKey> {
  const keys = `/tenants/${SMOKE_TENANT}/keys`;
  const expiresAt = new Date(Date.now() + LONGEST_LIFE_MILLISECONDS).toISOString();
  const wanted = { name: runName, type: 'secret', environment, role: 'writer', expiresAt };
  const { key, secret } = await management.do<{ key: { keyId: string }; secret: string }>('POST', keys, {
    ...wanted,
    ...restrictions,
  });
  undo.add(`${key.keyId} of ${SMOKE_TENANT}, until ${expiresAt}`, () => endKey(cleaner, key.keyId));
  return { keyId: key.keyId, secret };
}

/** Whatever this run has made without learning of it, because the answer was lost or not waited for. */
export async function endUnknown({ cleaner, runName }: World): Promise<void> {
  type Named = { readonly name: string; readonly keyId: string; readonly subscriptionId: string };
  const named = async (path: string) =>
    (await cleaner.do<{ items: Named[] }>('GET', path)).items.filter(({ name }) => name === runName);
  const keys = await named(`/tenants/${SMOKE_TENANT}/keys?status=active&limit=100`);
  for (const { keyId } of keys) await endKey(cleaner, keyId);
  for (const state of ['pending', 'active']) {
    const query = `tenantId=${SMOKE_TENANT}&state=${state}&limit=100`;
    const subscriptions = await named(`/subscriptions?${query}`);
    for (const { subscriptionId } of subscriptions) {
      await cleaner.do('POST', `/subscriptions/${subscriptionId}/cancel`, {});
    }
  }
}

/** Revokes it; that it was already is no fault. */
export async function endKey(management: Management, keyId: string): Promise<void> {
  const { status } = await management.ask('POST', `/tenants/${SMOKE_TENANT}/keys/${keyId}/revoke`, {});
  if (status !== 200 && status !== 409) throw new Error(`revoking answered ${status}`);
}

/** Asks again until it is so or the time is over; whether it is. */
export async function eventually(
  { signal }: Pick<World, 'signal'>,
  seconds: number,
  isSo: () => Promise<boolean>,
): Promise<boolean> {
  for (const end = performance.now() + seconds * 1000; ; ) {
    if (await isSo()) return true;
    if (performance.now() > end) return false;
    await sleep(Math.min(500 * seconds ** 0.5, 3000), undefined, { signal });
  }
}
