import type { EventType } from '../../contract/events.ts';
import { auditEvent, type Change, type ChangeContext, changedFields } from '../audit/audit-event.ts';
import { DomainError, type Fault } from '../ground/domain-error.ts';
import { requireActive, requireEnvironment, roleOf, type Tenant } from '../tenants/tenant.ts';
import {
  type ApiKey,
  type ApiKeyType,
  disabled,
  type KeySecret,
  liveSecrets,
  type NewSecret,
  type RateLimit,
  revoked,
  statusOf,
} from './api-key.ts';
import type { Environment } from './key-format.ts';
import { withReminders } from './key-reminders.ts';
import { requireInPolicy } from './key-rules.ts';

interface Restrictions {
  readonly permissions?: readonly string[] | null | undefined;
  readonly expiresAt?: string | null | undefined;
  readonly allowedCidrs?: readonly string[] | undefined;
  readonly allowedOrigins?: readonly string[] | undefined;
  readonly rateLimits?: readonly RateLimit[] | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** What a new key is to be; values are normalised and within bounds. */
export interface NewApiKey extends Restrictions {
  readonly keyId: string;
  readonly name: string;
  readonly type: ApiKeyType;
  readonly environment: Environment;
  readonly role: string;
}

/** Absent leaves as it is, null clears, lists and metadata are replaced whole. */
export interface ApiKeyUpdate extends Restrictions {
  readonly name?: string | undefined;
  readonly role?: string | undefined;
}

/** What is asked of a rotation: an overlap by time, or one that ends when it is quiet. */
export interface RotationInput {
  readonly overlapSeconds?: number | undefined;
  readonly overlap?: { readonly untilQuietSeconds: number; readonly atMostSeconds: number } | undefined;
}

const USUAL_OVERLAP_SECONDS = 86_400;

/** What a rotation's overlap is: where nothing is said a day, or as long as the tenant's policy lets it. */
export function overlapOf(
  { overlapSeconds, overlap }: RotationInput,
  { environment }: Pick<ApiKey, 'environment'>,
  tenant: Pick<Tenant, 'settings'>,
): RotationOverlap {
  if (overlap === undefined) {
    const most = tenant.settings.keyPolicies?.[environment]?.maxOverlapSeconds ?? USUAL_OVERLAP_SECONDS;
    return { overlapSeconds: overlapSeconds ?? Math.min(USUAL_OVERLAP_SECONDS, most) };
  }
  return { overlapSeconds: overlap.atMostSeconds, untilQuietSeconds: overlap.untilQuietSeconds };
}

/** How long the secret that is replaced works on. */
export interface RotationOverlap {
  readonly overlapSeconds: number;
  readonly untilQuietSeconds?: number | undefined;
}

type KeyChange = Change<ApiKey>;

/**
 * @throws DomainError `invalid_state` while the tenant is suspended, `invalid_request` for an unknown role
 *   or an expiry that has passed, `out_of_policy`, `forbidden` for a live key of a tenant for the sandbox alone
 */
export function createKey(
  tenant: Tenant,
  input: NewApiKey,
  secret: NewSecret,
  context: ChangeContext,
): KeyChange {
  requireActive(tenant);
  requireEnvironment(tenant, input.environment);
  requireFitting(tenant, input, context.now);
  const createdAt = context.now.toISOString();
  const state: ApiKey = {
    keyId: input.keyId,
    tenantId: tenant.tenantId,
    name: input.name,
    type: input.type,
    environment: input.environment,
    role: input.role,
    ...optional('permissions', input.permissions),
    status: 'active',
    createdAt,
    createdBy: context.actor.id,
    ...optional('createdByName', context.actor.name),
    ...optional('expiresAt', input.expiresAt),
    allowedCidrs: input.allowedCidrs ?? [],
    allowedOrigins: input.allowedOrigins ?? [],
    rateLimits: input.rateLimits ?? [],
    metadata: input.metadata ?? {},
    secrets: [{ id: secret.id, createdAt, hint: secret.hint }],
    digests: { [secret.id]: secret.digest },
    ...(secret.imported && { imported: { [secret.id]: null } }),
    revision: 1,
  };
  // One that was issued elsewhere is there already: it is reported.
  if (!secret.imported) requireInPolicy(undefined, state, tenant, context.now);
  const { name, type, environment, role, permissions, expiresAt } = state;
  const { allowedCidrs, allowedOrigins, rateLimits } = state;
  return keyChange(undefined, 'apiKey.created', state, context, {
    name,
    type,
    environment,
    role,
    permissions: permissions ?? null,
    expiresAt: expiresAt ?? null,
    allowedCidrs,
    allowedOrigins,
    rateLimits,
    metadataKeys: Object.keys(state.metadata),
    ...(secret.imported && { imported: true }),
  });
}

/**
 * Undefined when nothing would change. The event names metadata's keys and not its values, which are the
 * tenant's own.
 * @throws DomainError `invalid_state` for a key that is revoked or expired, `invalid_request` and
 *   `out_of_policy` as on creation
 */
export function updateKey(
  key: ApiKey,
  tenant: Tenant,
  input: ApiKeyUpdate,
  context: ChangeContext,
): KeyChange | undefined {
  requireNotFinal(key, context.now);
  const role = input.role === key.role ? undefined : input.role;
  requireFitting(tenant, { role, expiresAt: input.expiresAt }, context.now);
  const { permissions, expiresAt, ...rest } = key;
  const state: ApiKey = {
    ...rest,
    name: input.name ?? key.name,
    role: input.role ?? key.role,
    ...optional('permissions', input.permissions === undefined ? permissions : input.permissions),
    ...optional('expiresAt', input.expiresAt === undefined ? expiresAt : input.expiresAt),
    allowedCidrs: input.allowedCidrs ?? key.allowedCidrs,
    allowedOrigins: input.allowedOrigins ?? key.allowedOrigins,
    rateLimits: input.rateLimits ?? key.rateLimits,
    metadata: input.metadata ?? key.metadata,
    revision: key.revision + 1,
  };
  const data = changedFields(key, state, UPDATABLE);
  if (data === undefined) return undefined;
  requireInPolicy(key, state, tenant, context.now);
  for (const side of [data.from, data.to]) {
    if (side.metadata) side.metadata = Object.keys(side.metadata);
  }
  return keyChange(key, 'apiKey.updated', state, context, data);
}

/** @throws DomainError `invalid_state` unless the key is active */
export function disableKey(key: ApiKey, reason: string | undefined, context: ChangeContext): KeyChange {
  requireNotFinal(key, context.now);
  if (key.status !== 'active') throw new DomainError('invalid_state', 'The key is disabled already');
  return keyChange(key, 'apiKey.disabled', next(key, disabled(reason, context)), context, {
    reason: reason ?? null,
  });
}

/** @throws DomainError `invalid_state` unless the key is disabled and its tenant active */
export function enableKey(key: ApiKey, tenant: Tenant, context: ChangeContext): KeyChange {
  requireNotFinal(key, context.now);
  requireActive(tenant);
  if (key.status !== 'disabled') throw new DomainError('invalid_state', 'The key is not disabled');
  const { disabling: _, ...rest } = key;
  return keyChange(key, 'apiKey.enabled', next(rest, { status: 'active' }), context, {});
}

/**
 * Gives the key another secret. The one that it had works for `overlapSeconds` more; with 0 it ends now. With
 * `untilQuietSeconds` it ends as soon as it was silent for so long, and after `overlapSeconds` at the latest.
 * While an earlier rotation's overlap lasts, the newer secret is replaced at once and the older one's end
 * stays as it is, whatever `overlapSeconds` says: so a secret that nobody got to see is made anew without
 * an outage, and never are three live.
 * @throws DomainError `invalid_state` for a key that is revoked or expired, and while the tenant is suspended,
 *   `out_of_policy` for an overlap that is too long
 */
export function rotateKey(
  key: ApiKey,
  tenant: Tenant,
  input: RotationOverlap & { readonly secret: NewSecret },
  context: ChangeContext,
): KeyChange {
  const { secret } = input;
  const now = context.now.getTime();
  requireNotFinal(key, context.now);
  requireActive(tenant);
  const [newest, older] = liveSecrets(key, context.now);
  const replaced = older === undefined ? undefined : newest;
  const overlapEndsAt = older?.expiresAt ?? new Date(now + input.overlapSeconds * 1000).toISOString();
  const overlapSeconds = Math.ceil((Date.parse(overlapEndsAt) - now) / 1000);
  const kept = older ?? newest;
  const { untilQuietSeconds } = older ?? input;
  const quiet = untilQuietSeconds !== undefined && { untilQuietSeconds };
  const secrets = [
    { id: secret.id, createdAt: context.now.toISOString(), hint: secret.hint },
    ...(kept === undefined || overlapSeconds === 0 ? [] : [{ ...kept, expiresAt: overlapEndsAt, ...quiet }]),
  ];
  const digests = { ...key.digests, [secret.id]: secret.digest };
  const state = next(key, withSecrets(secrets, digests));
  requireInPolicy(key, state, tenant, context.now);
  return keyChange(key, 'apiKey.rotated', state, context, {
    hint: secret.hint,
    overlapSeconds,
    overlapEndsAt,
    ...(overlapSeconds > 0 && quiet),
    ...(replaced && { replacedHint: replaced.hint }),
  });
}

/** @throws DomainError `invalid_state` when no second secret is live or the key is revoked or expired */
export function endOverlap(key: ApiKey, context: ChangeContext): KeyChange {
  requireNotFinal(key, context.now);
  const [current, overlapping] = liveSecrets(key, context.now);
  if (current === undefined || overlapping === undefined) {
    throw new DomainError('invalid_state', 'The key has one secret only: there is no overlap to end');
  }
  const state = next(key, withSecrets([current], key.digests));
  return keyChange(key, 'apiKey.overlapEnded', state, context, { endedHint: overlapping.hint });
}

/** Ends the key for good. @throws DomainError `invalid_state` when it is revoked or expired */
export function revokeKey(key: ApiKey, reason: string | undefined, context: ChangeContext): KeyChange {
  requireNotFinal(key, context.now);
  return keyChange(key, 'apiKey.revoked', next(key, revoked(reason, context)), context, {
    reason: reason ?? null,
  });
}

const UPDATABLE = [
  'name',
  'role',
  'permissions',
  'expiresAt',
  'allowedCidrs',
  'allowedOrigins',
  'rateLimits',
  'metadata',
] as const satisfies readonly (keyof ApiKey)[];

export function requireNotFinal(key: ApiKey, now: Date): void {
  const status = statusOf(key, now);
  if (status === 'revoked' || status === 'expired') {
    throw new DomainError('invalid_state', `The key is ${status}, which is final; create another`);
  }
}

/** @throws DomainError `invalid_request` for a role that the tenant doesn't have */
export function requireRole(tenant: Tenant, role: string): void {
  refuse(roleFaults(tenant, role));
}

/** @throws DomainError `invalid_request` with all that does not fit by how things are: an unknown role, a past end */
function requireFitting(
  tenant: Tenant,
  { role, expiresAt }: Pick<ApiKeyUpdate, 'role' | 'expiresAt'>,
  now: Date,
): void {
  const isOver = typeof expiresAt === 'string' && Date.parse(expiresAt) <= now.getTime();
  refuse([...(role === undefined ? [] : roleFaults(tenant, role)), ...(isOver ? [OVER] : [])]);
}

const OVER: Fault = {
  param: 'expiresAt',
  message: 'expiresAt must lie in the future',
  expected: 'a time to come',
};

function roleFaults(tenant: Tenant, role: string): Fault[] {
  if (roleOf(tenant, role) !== undefined) return [];
  const message = 'The tenant has no such role; create it or name another';
  return [{ param: 'role', message, expected: 'a role of the tenant' }];
}

function refuse(details: readonly Fault[]): void {
  const [first] = details;
  if (first === undefined) return;
  throw new DomainError('invalid_request', first.message, { param: first.param ?? '', details });
}

export function next(key: ApiKey, changes: Partial<ApiKey>): ApiKey {
  return { ...key, ...changes, revision: key.revision + 1 };
}

/** The secrets given and their digests: those of ended secrets are dropped. */
export function withSecrets(secrets: readonly KeySecret[], digests: ApiKey['digests']): Partial<ApiKey> {
  const kept = Object.entries(digests).filter(([id]) => secrets.some((secret) => secret.id === id));
  return { secrets, digests: Object.fromEntries(kept) };
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): { [name in Name]?: Value } {
  return value === null || value === undefined ? {} : ({ [name]: value } as { [name in Name]: Value });
}

export function keyChange(
  before: ApiKey | undefined,
  type: EventType & `apiKey.${string}`,
  state: ApiKey,
  context: ChangeContext,
  data: Record<string, unknown>,
): KeyChange {
  const { tenantId, keyId } = state;
  const isPersons = context.actor.type !== 'system';
  const updatedAt = context.now.toISOString();
  return {
    state: withReminders(before, isPersons ? { ...state, updatedAt } : state, context.now),
    event: auditEvent(context, { type, tenantId, subject: { type: 'apiKey', id: keyId }, data }),
  };
}
