import { DomainError } from '../ground/domain-error.ts';
import { holdAll, parseNetwork } from '../ground/ip-address.ts';
import type { KeyPolicy } from '../tenants/key-policy.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { type ApiKey, statusOf } from './api-key.ts';

/** Rules of a tenant's key policy, by their names in it. */
export const KEY_RULES = [
  'maxLifetimeDays',
  'expiryRequired',
  'cidrRequired',
  'maxOverlapSeconds',
  'rotateEveryDays',
] as const satisfies readonly (keyof KeyPolicy)[];
export type KeyRule = (typeof KEY_RULES)[number];

const DAY_MILLISECONDS = 86_400_000;

/** The field of a request that decides whether a rule is kept, and what it has to be. */
const REMEDIES: Readonly<Record<KeyRule, (policy: KeyPolicy) => readonly [param: string, expected: string]>> =
  {
    maxLifetimeDays: ({ maxLifetimeDays }) => [
      'expiresAt',
      `a time within ${maxLifetimeDays} days of when the secret was made`,
    ],
    expiryRequired: () => ['expiresAt', 'a time at which the key ends'],
    cidrRequired: () => ['allowedCidrs', 'at least one network, and none of all addresses'],
    maxOverlapSeconds: ({ maxOverlapSeconds }) => [
      'overlapSeconds',
      `at most ${maxOverlapSeconds}, as overlapSeconds or overlap.atMostSeconds`,
    ],
    rotateEveryDays: ({ rotateEveryDays }) => ['keyId', `a secret made in the last ${rotateEveryDays} days`],
  };

/** The rules of its tenant's policy that a key does not keep; none of one that has ended. */
export function brokenRules(
  key: ApiKey,
  tenant: Pick<Tenant, 'settings'> | undefined,
  now: Date,
): readonly KeyRule[] {
  const policy = tenant?.settings.keyPolicies?.[key.environment];
  const status = statusOf(key, now);
  if (policy === undefined || status === 'revoked' || status === 'expired') return [];
  const [newest, older] = key.secrets;
  const madeAt = Date.parse(newest?.createdAt ?? key.createdAt);
  const endsAt = key.expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(key.expiresAt);
  const handedOutAt = newest?.handedOutAt === undefined ? madeAt : Date.parse(newest.handedOutAt);
  const overlapMilliseconds = older?.expiresAt === undefined ? 0 : Date.parse(older.expiresAt) - handedOutAt;
  const above = (milliseconds: number, most: number | undefined, unit: number) =>
    most !== undefined && milliseconds > most * unit;
  const broken: Readonly<Record<KeyRule, boolean>> = {
    maxLifetimeDays: above(endsAt - madeAt, policy.maxLifetimeDays, DAY_MILLISECONDS),
    expiryRequired: policy.expiryRequired === true && key.expiresAt === undefined,
    cidrRequired: policy.cidrRequired === true && key.type === 'secret' && !isBound(key),
    maxOverlapSeconds: above(overlapMilliseconds, policy.maxOverlapSeconds, 1000),
    rotateEveryDays: above(now.getTime() - madeAt, policy.rotateEveryDays, DAY_MILLISECONDS),
  };
  return KEY_RULES.filter((rule) => broken[rule]);
}

/** Whether there are addresses of either version that a key may not be used from. */
function isBound({ allowedCidrs }: ApiKey): boolean {
  return allowedCidrs.length > 0 && !holdAll(allowedCidrs.flatMap((cidr) => parseNetwork(cidr) ?? []));
}

/**
 * Refuses a change by which a key would break a rule that it kept. What it breaks already it may go on breaking: a
 * policy is not to keep anybody from rotating or narrowing what is older than the policy.
 * @param before undefined for a new key
 * @throws DomainError `out_of_policy`
 */
export function requireInPolicy(before: ApiKey | undefined, after: ApiKey, tenant: Tenant, now: Date): void {
  const already = before === undefined ? [] : brokenRules(before, tenant, now);
  const broken = brokenRules(after, tenant, now).filter((rule) => !already.includes(rule));
  if (broken.length === 0) return;
  const policy = tenant.settings.keyPolicies?.[after.environment] ?? {};
  const details = broken.map((rule) => {
    const [param, expected] = REMEDIES[rule](policy);
    const message = `The tenant's key policy has ${rule} for ${after.environment} keys: expected ${expected}`;
    return { param, message, expected };
  });
  const [first] = details;
  throw new DomainError('out_of_policy', first?.message ?? '', { param: first?.param ?? '', details });
}
