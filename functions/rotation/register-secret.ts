import type { Change, ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { ID_LENGTH } from '../../core/domain/ground/base62.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import { type ApiKey, liveSecrets } from '../../core/domain/keys/api-key.ts';
import { newSecretId } from '../../core/domain/keys/api-key-secret.ts';
import { hintOf, type KeyFormat, type KeyKind } from '../../core/domain/keys/key-format.ts';
import type { Pepper } from '../../core/domain/keys/pepper.ts';
import { type Registration, requireBound, type UsedSecret } from '../../core/domain/keys/rotation-binding.ts';
import {
  registerSecret as registerForKey,
  usedSecretEndedBy,
} from '../../core/domain/keys/secret-registration.ts';
import {
  handOutSlotKey,
  registerSlotKey,
  slotToFill,
  usedSlotEndedBy,
} from '../../core/domain/products/slot-registration.ts';
import type { Subscription } from '../../core/domain/products/subscription.ts';
import { SLOTS } from '../../core/domain/products/subscription.ts';
import { raise } from '../../core/domain/security/finding.ts';
import type { Tenant } from '../../core/domain/tenants/tenant.ts';
import { lastUsersOf } from '../../core/domain/usage/overlap-use.ts';
import { hourOf } from '../../core/domain/usage/usage-tally.ts';
import { requireNoKeyIn } from '../../core/management/carried-key.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { rotationSchemas } from '../../core/management/schemas/rotation-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { RotationDependencies } from './dependencies.ts';

type Request = OperationRequest<typeof rotationSchemas.registerSecret>;

interface SlotFilling {
  readonly pepper: Pepper;
  readonly own: ChangeContext;
  readonly dependencies: RotationDependencies;
}

/** Registers the next secret of a credential that is bound to the principal who asks. It waits for nobody. */
export async function registerSecret(request: Request, dependencies: RotationDependencies): Promise<Answer> {
  requireNoKeyIn({ clientRequestToken: request.body.clientRequestToken }, dependencies.keyFormat);
  return request.path.credentialId.startsWith('sub_')
    ? registerForSubscription(request, dependencies)
    : registerApiKey(request, dependencies);
}

async function registerApiKey(
  { path, body, principal, context }: Request,
  dependencies: RotationDependencies,
): Promise<Answer> {
  const { keys, tenants, lastUses, randomBytes } = dependencies;
  const read = found(await keys.find(path.credentialId));
  requireBound(read.rotation, principal.arn);
  requireOwnForm(body.secret, read, read.type === 'secret' ? 'sk' : 'pk', dependencies.keyFormat);
  const [someTenant, lastUse, pepper] = await Promise.all([
    tenants.get(read.tenantId),
    lastUses.lastUseOf(read.keyId),
    dependencies.pepper(versionsOf(read)),
  ]);
  const registration = { ...body, text: body.secret, secretId: newSecretId(randomBytes) };
  const attempt = async (before: ApiKey, own: ChangeContext) => {
    // Somebody may have taken it back meanwhile.
    requireBound(before.rotation, principal.arn);
    const change = registerForKey(before, found(someTenant), registration, pepper, own);
    if (change === undefined) return answerOfKey(before, own.now);
    const used = usedSecretEndedBy(before, registration, lastUse, pepper, own.now);
    if (used !== undefined) await tellUse(before, used, body, own, dependencies);
    await keys.update(before, withToken(change, body));
    return answerOfKey(change.state, own.now);
  };
  return decideUntilWritten(read, context, attempt, dependencies);
}

async function registerForSubscription(
  { path, body, principal, context }: Request,
  dependencies: RotationDependencies,
): Promise<Answer> {
  const { subscriptions, tenants, lastUses } = dependencies;
  const { credentialId } = path;
  const read = found(await subscriptions.get(credentialId));
  requireBound(read.rotation, principal.arn);
  requireOwnForm(body.secret, read, 'sub', dependencies.keyFormat);
  const [someTenant, lastUse, pepper] = await Promise.all([
    tenants.get(read.tenantId),
    lastUses.lastUseOf(credentialId),
    dependencies.pepper(versionsOf(read)),
  ]);
  const registration = { ...body, text: body.secret };
  const attempt = async (before: Subscription, own: ChangeContext) => {
    requireBound(before.rotation, principal.arn);
    const change = await changeOfSlot(before, found(someTenant), registration, { pepper, own, dependencies });
    if (change === undefined) return answerOfSubscription(before, body.secret, pepper);
    const used = usedSlotEndedBy(before, registration, lastUse, pepper, own.now);
    if (used !== undefined) await tellUse(before, used, body, own, dependencies);
    await subscriptions.update(before, withToken(change, body));
    return answerOfSubscription(change.state, body.secret, pepper);
  };
  return decideUntilWritten(read, context, attempt, dependencies);
}

/** Sealed for the slot that it goes into, as people may be shown it. */
async function changeOfSlot(
  before: Subscription,
  tenant: Tenant,
  registration: Registration,
  { pepper, own, dependencies }: SlotFilling,
): Promise<Change<Subscription> | undefined> {
  const slot = slotToFill(before, registration, pepper);
  if (slot === undefined) return handOutSlotKey(before, tenant, registration, pepper, own);
  const { text } = registration;
  const minted = { text, digest: pepper.digest(text), hint: hintOf(text) };
  const key = await dependencies.showableKeys.keep({ owner: before.subscriptionId, slot }, minted);
  return registerSlotKey(before, tenant, { slot, key }, own);
}

/** @throws DomainError `invalid_request` for what is no key of this credential's, without quoting it */
function requireOwnForm(
  text: string,
  credential: Pick<ApiKey, 'environment'> & { keyId?: string; subscriptionId?: string },
  kind: KeyKind,
  keyFormat: KeyFormat,
): void {
  const key = keyFormat.parse(text);
  const id = (credential.keyId ?? credential.subscriptionId ?? '').slice(-ID_LENGTH);
  if (key?.kind === kind && key.environment === credential.environment && key.id === id) return;
  throw new DomainError(
    'invalid_request',
    'secret is no key of this credential: its prefix and its id are those of the current one, then come 32 base62 characters and the checksum',
    { param: 'secret' },
  );
}

/** Versions of the pepper that its digests were made under. */
function versionsOf({ digests, formerDigests = [] }: Pick<ApiKey, 'digests' | 'formerDigests'>): string[] {
  return [...new Set([...Object.values(digests), ...formerDigests].map(({ pepper }) => pepper))];
}

function withToken<C extends { readonly event: { readonly type: string; readonly data: object } }>(
  change: C,
  { clientRequestToken }: Request['body'],
): C {
  const { event } = change;
  if (event.type.endsWith('.updated')) return change;
  return { ...change, event: { ...event, data: { ...event.data, clientRequestToken } } };
}

/**
 * Raises the alert that an old secret is in use, once a day.
 * @throws DomainError `invalid_state` unless whoever asks ends it all the same
 */
async function tellUse(
  credential: ApiKey | Subscription,
  used: UsedSecret,
  { onOldSecretInUse }: Request['body'],
  context: ChangeContext,
  { usage, alerts, randomBytes }: RotationDependencies,
): Promise<void> {
  const { now } = context;
  const [type, id] =
    'keyId' in credential
      ? (['apiKey', credential.keyId] as const)
      : (['subscription', credential.subscriptionId] as const);
  const hour = hourOf(Date.parse(used.lastUsedAt));
  const [counted] = await usage.counts({ kind: 'credential', keyId: id }, hour, hour);
  const networks = counted === undefined ? [] : lastUsersOf(used.id, counted.count).networks;
  const finding = {
    kind: 'oldSecretInUse',
    tenantId: credential.tenantId,
    subject: { type, id },
    occurrence: `${used.id} ${now.toISOString().slice(0, DAY_LENGTH)}T00`,
    evidence: {
      window: { from: new Date(now.getTime() - DAY_MILLISECONDS).toISOString(), to: now.toISOString() },
      measured: Math.floor((now.getTime() - Date.parse(used.lastUsedAt)) / 60_000),
      threshold: DAY_MILLISECONDS / 60_000,
      ...{ usual: null, counts: {}, networks, countries: [], keyIds: [id], requestIds: [] },
    },
  } as const;
  const actor = { type: 'system', id: 'keywright' } as const;
  await alerts.create(raise(finding, { ...context, actor, eventId: eventId(now, randomBytes) }));
  if (onOldSecretInUse === 'end') return;
  const from = networks.length === 0 ? '' : ` from ${networks.join(', ')}`;
  throw new DomainError(
    'invalid_state',
    `The secret …${used.hint} was last used at ${used.lastUsedAt}${from}, and this would end it: let its users read the key where it is stored. It is done once that secret was quiet for a day, or with onOldSecretInUse end`,
  );
}

/** Of `yyyy-mm-dd`. */
const DAY_LENGTH = 10;
const DAY_MILLISECONDS = 86_400_000;

function answerOfKey(key: ApiKey, now: Date): Answer {
  const [newest, older] = liveSecrets(key, now);
  const old = older === undefined ? null : { hint: older.hint, expiresAt: older.expiresAt ?? null };
  return { status: 200, body: { credentialId: key.keyId, hint: newest?.hint ?? '', old } };
}

function answerOfSubscription(
  { subscriptionId, slots, digests }: Subscription,
  text: string,
  pepper: Pepper,
): Answer {
  const slot = SLOTS.find((each) => pepper.verifies(text, digests[each])) ?? 'primary';
  const other = slots[slot === 'primary' ? 'secondary' : 'primary'];
  const old = { hint: other.hint, expiresAt: null };
  return { status: 200, body: { credentialId: subscriptionId, hint: slots[slot].hint, old } };
}
