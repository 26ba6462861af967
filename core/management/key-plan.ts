import type { UsagePlanKeys } from '../aws/usage-plan-keys.ts';
import { decideOnKey } from '../domain/approvals/approvable.ts';
import type { KeyOperation, KeySecretOperation } from '../domain/approvals/approval.ts';
import type { Change, ChangeContext } from '../domain/audit/audit-event.ts';
import type { RandomBytes } from '../domain/ground/base62.ts';
import { tagOf } from '../domain/ground/entity-tag.ts';
import { type Idempotency, requireUnanswered, withAnswered } from '../domain/ground/idempotency.ts';
import { found } from '../domain/ground/not-found.ts';
import type { ApiKey } from '../domain/keys/api-key.ts';
import { createKey, overlapOf, rotateKey } from '../domain/keys/api-key-lifecycle.ts';
import { mintSecret } from '../domain/keys/api-key-secret.ts';
import type { KeyFormat } from '../domain/keys/key-format.ts';
import type { LastUse } from '../domain/keys/last-use.ts';
import type { Pepper } from '../domain/keys/pepper.ts';
import type { Tenant } from '../domain/tenants/tenant.ts';
import type { KeyStore } from '../store/key-store.ts';
import type { LastUseStore } from '../store/last-use-store.ts';
import type { TenantStore } from '../store/tenant-store.ts';
import { type Answer, tagged } from './operation.ts';
import { type Plan, updating } from './plan.ts';
import { SHOWN_ONCE } from './replay.ts';
import { presentKey } from './schemas/key-shape.ts';
import { withUsagePlanKey } from './usage-plan-key.ts';

/** What planning an operation on API keys needs. */
export interface KeyPlanning {
  readonly keys: KeyStore;
  readonly tenants: TenantStore;
  readonly lastUses: LastUseStore;
  readonly usagePlanKeys: UsagePlanKeys;
  readonly keyFormat: KeyFormat;
  readonly randomBytes: RandomBytes;
  readonly pepper: () => Promise<Pepper>;
}

interface KeyPlace {
  readonly tenantId: string;
  readonly keyId: string;
}

/**
 * Plans an operation on a key.
 * @param answered what the key remembers of a request whose answer shows its secret
 * @throws DomainError `not_found`
 */
export async function planOnKey(
  what: KeyOperation | KeySecretOperation,
  { tenantId, keyId }: KeyPlace,
  context: ChangeContext,
  dependencies: KeyPlanning,
  answered?: Idempotency,
): Promise<Plan<ApiKey>> {
  if (what.operation === 'createKey') {
    return planCreation(what.body, { tenantId, keyId }, context, dependencies, answered);
  }
  const { keys, tenants, lastUses, keyFormat, randomBytes } = dependencies;
  const [someTenant, someKey, lastUse] = await Promise.all([
    tenants.get(tenantId),
    keys.get(tenantId, keyId),
    lastUses.lastUseOf(keyId),
  ]);
  const [before, tenant] = [found(someKey), found(someTenant)];
  const show = (key: ApiKey) => presentKey(key, context.now, lastUse, tenant);
  const common = { tenant: () => tenant, before, write: updating(keys) };
  if (what.operation !== 'rotateKey') {
    return {
      ...common,
      decide: (key, own) => decideOnKey(what, key, tenant, own),
      answer: (key) => tagged(tagOf(key), { status: 200, body: show(key) }),
    };
  }
  const mint = { keyFormat, randomBytes, pepper: await dependencies.pepper() };
  const { text, secret } = mintSecret(before, mint);
  const input = { ...overlapOf(what.body, before, tenant), secret };
  return {
    ...common,
    decide: (key, own) => {
      requireUnanswered(key, answered);
      return remembering(rotateKey(key, tenant, input, own), answered);
    },
    answer: (key) => tagged(tagOf(key), { status: 200, body: { key: show(key), secret: text } }),
  };
}

async function planCreation(
  body: (KeySecretOperation & { operation: 'createKey' })['body'],
  { tenantId, keyId }: KeyPlace,
  context: ChangeContext,
  { keys, tenants, usagePlanKeys, keyFormat, randomBytes, ...dependencies }: KeyPlanning,
  answered: Idempotency | undefined,
): Promise<Plan<ApiKey>> {
  const tenant = found(await tenants.get(tenantId));
  const pepper = await dependencies.pepper();
  const input = { ...body, keyId };
  const { text, secret } = mintSecret(input, { keyFormat, pepper, randomBytes });
  return {
    tenant: () => tenant,
    before: undefined,
    decide: (_, own) => remembering(createKey(tenant, input, secret, own), answered),
    prepare: (change) => withUsagePlanKey(change, usagePlanKeys, pepper),
    write: (_, change, idempotency) => keys.create(change, idempotency),
    answer: (key) =>
      tagged(tagOf(key), {
        status: 201,
        body: { key: presentKey(key, context.now, undefined, tenant), secret: text },
      }),
    answerRepeat: (key) => answerRepeatOfKey(key, context, undefined, tenant),
  };
}

/** What is answered to a repeat of what showed a secret: the record, and how to go on. */
export function answerRepeatOfKey(
  key: ApiKey,
  { now }: ChangeContext,
  lastUse: LastUse | undefined,
  tenant: Tenant | undefined,
): Answer {
  const body = { key: presentKey(key, now, lastUse, tenant) };
  return tagged(tagOf(key), { status: 200, headers: SHOWN_ONCE, body });
}

function remembering(change: Change<ApiKey>, answered: Idempotency | undefined): Change<ApiKey> {
  return { ...change, state: withAnswered(change.state, answered) };
}
