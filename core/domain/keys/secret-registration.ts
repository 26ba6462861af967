import { type Change, type ChangeContext, changedFields } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import { requireActive, type Tenant } from '../tenants/tenant.ts';
import { type ApiKey, type KeySecret, liveSecrets } from './api-key.ts';
import { keyChange, next, requireNotFinal, withSecrets } from './api-key-lifecycle.ts';
import { hintOf } from './key-format.ts';
import type { LastUse } from './last-use.ts';
import type { Pepper } from './pepper.ts';
import {
  hadBefore,
  MOST_FORMER,
  type Registration,
  type RotationBinding,
  type UsedSecret,
  usedLately,
  wasHad,
} from './rotation-binding.ts';

/**
 * Lets a principal rotate the key where it is stored, or nobody any more; undefined when that is so already.
 * @throws DomainError `invalid_state` for a key that is revoked or expired
 */
export function bindKey(
  key: ApiKey,
  rotation: RotationBinding | undefined,
  context: ChangeContext,
): Change<ApiKey> | undefined {
  requireNotFinal(key, context.now);
  const { rotation: _, ...rest } = key;
  const state = next({ ...rest, ...(rotation && { rotation }) }, {});
  const data = changedFields(key, state, ['rotation']);
  return data && keyChange(key, 'apiKey.updated', state, context, data);
}

/**
 * Registers the secret that a program has drawn and stored, beside the one that its consumers are handed now, which
 * goes on without an end: until the program says, by registering it as the current one, that the new one is handed
 * out. From then on the old one has its overlap. An end that was set before stays. Any other secret ends at once.
 * Undefined when all is so already, so that it may be repeated.
 * @param secretId for the new secret
 * @throws DomainError `invalid_state` for a secret that the key had before, without a word on which of two live
 *   ones is current, for a key that is revoked or expired, and while the tenant is suspended
 */
export function registerSecret(
  key: ApiKey,
  tenant: Tenant,
  { secretId, ...registration }: Registration & { readonly secretId: string },
  pepper: Pepper,
  context: ChangeContext,
): Change<ApiKey> | undefined {
  requireNotFinal(key, context.now);
  requireActive(tenant);
  const { text, current } = registration;
  const [newest] = liveSecrets(key, context.now);
  const held = holderOf(text, key, pepper);
  if (held !== undefined && held === newest) {
    return text === current ? handOut(key, tenant, registration, context) : undefined;
  }
  if (held !== undefined || wasHad(text, key.formerDigests, pepper)) throw hadBefore();
  const kept = keptSecret(key, current, pepper, context.now);
  const hint = hintOf(text);
  const added = { id: secretId, createdAt: context.now.toISOString(), hint, registered: true } as const;
  const ended = key.secrets.filter((secret) => secret !== kept);
  const former = [...ended.flatMap(({ id }) => key.digests[id] ?? []), ...(key.formerDigests ?? [])];
  const digests = { ...key.digests, [secretId]: pepper.digest(text) };
  const state = next(key, {
    ...withSecrets([added, ...(kept === undefined ? [] : [kept])], digests),
    ...(former.length > 0 && { formerDigests: former.slice(0, MOST_FORMER) }),
  });
  const [live] = ended.filter((secret) => liveSecrets(key, context.now).includes(secret));
  return keyChange(key, 'apiKey.rotated', state, context, {
    hint,
    overlapSeconds: null,
    overlapEndsAt: kept?.expiresAt ?? null,
    ...(live && { endedHint: live.hint }),
  });
}

/** The live secret that registering another would end although it was used within a day; undefined for none. */
export function usedSecretEndedBy(
  key: ApiKey,
  { text, current }: Registration,
  lastUse: LastUse | undefined,
  pepper: Pepper,
  now: Date,
): UsedSecret | undefined {
  if (holderOf(text, key, pepper) !== undefined) return undefined;
  const kept = keptSecret(key, current, pepper, now);
  const ended = liveSecrets(key, now).find((secret) => secret !== kept);
  return ended && usedLately(ended, kept, lastUse, now);
}

function holderOf(text: string, { secrets, digests }: ApiKey, pepper: Pepper): KeySecret | undefined {
  return secrets.find(({ id }) => {
    const digest = digests[id];
    return digest !== undefined && pepper.verifies(text, digest);
  });
}

function keptSecret(
  key: ApiKey,
  current: string | undefined,
  pepper: Pepper,
  now: Date,
): KeySecret | undefined {
  const live = liveSecrets(key, now);
  if (current !== undefined) {
    const held = holderOf(current, key, pepper);
    return held !== undefined && live.includes(held) ? held : live[0];
  }
  if (live.length < 2) return live[0];
  throw new DomainError(
    'invalid_state',
    'The key has two live secrets: say in current which of them consumers are handed, so that it is kept',
    { param: 'current' },
  );
}

/** The newest secret is handed out from now on, and the older one has its overlap, no longer than the tenant's policy lets it. */
function handOut(
  key: ApiKey,
  { settings }: Tenant,
  { overlapSeconds }: Registration,
  context: ChangeContext,
): Change<ApiKey> | undefined {
  const [newest, older] = liveSecrets(key, context.now);
  const most = key.rotation?.maxOverlapSeconds ?? 0;
  const inPolicy = settings.keyPolicies?.[key.environment]?.maxOverlapSeconds ?? most;
  const seconds = Math.min(overlapSeconds ?? most, most, inPolicy);
  const begins = older !== undefined && older.expiresAt === undefined;
  if (newest === undefined || (!begins && !newest.registered)) return undefined;
  const { registered, ...rest } = newest;
  const handedOut = { ...rest, ...(registered && { handedOutAt: context.now.toISOString() }) };
  const overlapEndsAt = new Date(context.now.getTime() + seconds * 1000).toISOString();
  const kept = older && (begins ? { ...older, expiresAt: overlapEndsAt } : older);
  const state = next(key, withSecrets([handedOut, ...(kept === undefined ? [] : [kept])], key.digests));
  return keyChange(key, 'apiKey.updated', state, context, {
    from: { overlapEndsAt: older?.expiresAt ?? null },
    to: { overlapEndsAt: kept?.expiresAt ?? null },
  });
}
