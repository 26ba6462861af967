import { inGroups } from '../../core/aws/in-groups.ts';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { matchingSecret } from '../../core/domain/decision/identify.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { FOREIGN_TEXT, fingerprintOf } from '../../core/domain/keys/foreign-key.ts';
import type { KeyFormat, PresentedKey } from '../../core/domain/keys/key-format.ts';
import { keyPattern } from '../../core/domain/keys/key-search.ts';
import type { ProtectedApi } from '../../core/domain/products/protected-api.ts';
import type { Slot } from '../../core/domain/products/subscription.ts';
import {
  bareKey,
  type LeakOutcome,
  type LeakSource,
  leakOfApiKey,
  leakOfClientKey,
  leakOfSubscription,
} from '../../core/domain/security/leak.ts';
import type { TenantSettings } from '../../core/domain/tenants/tenant.ts';
import { isPassing } from '../../core/management/error-answer.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { LeakDependencies } from './dependencies.ts';

/** A key that somebody says strangers can see. */
export interface Leak {
  readonly text: string;
  readonly source: LeakSource;
}

/** The request that a report came in. */
export interface LeakRequest {
  readonly requestId: string;
  readonly sourceIp: string | undefined;
}

const AT_ONCE = 20;
/** Outcomes that a text may have by itself, whether the store answers or not. */
const NEED_NOTHING: readonly LeakOutcome[] = ['public', 'unknown'];
/** The rule for a tenant that can't be read any more is the rule for new ones. */
const DEFAULT_SETTINGS: Pick<TenantSettings, 'leakResponse'> = { leakResponse: 'revoke' };

/**
 * What each leak comes to, in their order; a text that is among them twice is looked at once. What stands
 * against one key is that key's outcome and is logged.
 * @throws the cause, when a dependency answered for none of those that needed it
 */
export async function endLeaked(
  leaks: readonly Leak[],
  request: LeakRequest,
  dependencies: LeakDependencies,
): Promise<LeakOutcome[]> {
  const byText = new Map(leaks.map((leak) => [leak.text, leak]));
  const outcomes = new Map<string, LeakOutcome>();
  const causes: unknown[] = [];
  const distinct = [...byText.values()];
  await inGroups(distinct, AT_ONCE, async (leak) => {
    try {
      outcomes.set(leak.text, await endOne(leak, request, dependencies));
    } catch (cause) {
      outcomes.set(leak.text, 'failed');
      causes.push(cause);
    }
  });
  const needed = [...outcomes.values()].filter((outcome) => !NEED_NOTHING.includes(outcome)).length;
  const down = causes.filter(isPassing);
  if (down.length > 0 && down.length === needed) throw down[0];
  for (const cause of causes) {
    dependencies.logger?.error('a leaked key could not be looked at', {
      requestId: request.requestId,
      error: cause as Error,
    });
  }
  return leaks.map(({ text }) => outcomes.get(text) ?? 'unknown');
}

/**
 * A text that can be no key costs no read, and neither does a publishable key, which is meant to be seen. For
 * all others the sender has to hold the whole key: without it every answer is the same.
 */
async function endOne(
  leak: Leak,
  request: LeakRequest,
  dependencies: LeakDependencies,
): Promise<LeakOutcome> {
  const key = keyIn(leak.text, dependencies.keyFormat) ?? (await findImported(leak, dependencies));
  if (key === undefined) return 'unknown';
  if (key.kind === 'pk') return 'public';
  const time = dependencies.now();
  const context: ChangeContext = {
    now: time,
    actor: { type: 'system', id: 'keywright', ...(request.sourceIp && { ip: request.sourceIp }) },
    requestId: request.requestId,
    eventId: eventId(time, dependencies.randomBytes),
  };
  if (key.kind === 'ck') {
    const api = await dependencies.apis.get(`api_${key.id}`);
    const end = (before: typeof api, own: ChangeContext) =>
      endClientKey(key, before, leak.source, own, dependencies);
    return decideUntilWritten(api, context, end, dependencies);
  }
  const credential = await dependencies.credentials.get(key.id);
  const end = (before: typeof credential, own: ChangeContext) =>
    endCredential(key, before, leak.source, own, dependencies);
  return decideUntilWritten(credential, context, end, dependencies);
}

/** The first key of our form in a text, whatever stands around it. */
function keyIn(text: string, format: KeyFormat): PresentedKey | undefined {
  for (const [found] of text.matchAll(keyPattern(format))) {
    const key = format.parse(found);
    if (key !== undefined) return key;
  }
  return undefined;
}

/** A key as far as its credential is concerned. */
type LeakedKey = Pick<PresentedKey, 'id' | 'text'>;

/**
 * Where a text leads to that was imported. GitHub is asked for keys of our own form alone, and an address that
 * it names could hold another text in a spelling that is not struck out.
 */
async function findImported(
  { text, source }: Leak,
  { aliases, pepper }: LeakDependencies,
): Promise<(LeakedKey & { readonly kind: 'imported' }) | undefined> {
  if (aliases === undefined || source.by !== 'report') return undefined;
  for (const form of new Set([text.trim(), bareKey(text)])) {
    if (!FOREIGN_TEXT.test(form)) continue;
    const fingerprint = fingerprintOf(form);
    const [alias] = await aliases.find([(await pepper()).digests(fingerprint)]);
    if (alias !== undefined) return { kind: 'imported', id: alias.credentialId, text: fingerprint };
  }
  return undefined;
}

async function endCredential(
  key: LeakedKey,
  credential: Awaited<ReturnType<LeakDependencies['credentials']['get']>>,
  source: LeakSource,
  context: ChangeContext,
  { keys, subscriptions, tenants, pepper }: LeakDependencies,
): Promise<LeakOutcome> {
  const versions = Object.values(credential?.digests ?? {}).map((digest) => digest.pepper);
  const secret = matchingSecret(key.text, credential, await pepper(versions));
  if (credential === undefined || secret === undefined) return 'unknown';
  const settings = (await tenants.get(credential.tenantId))?.settings ?? DEFAULT_SETTINGS;
  if (credential.type !== undefined) {
    const { outcome, change } = leakOfApiKey(credential, secret.id, settings, source, context);
    if (change !== undefined) await keys.update(credential, change);
    return outcome;
  }
  const { outcome, change } = leakOfSubscription(credential, secret.id as Slot, settings, source, context);
  if (change !== undefined) await subscriptions.update(credential, change);
  return outcome;
}

async function endClientKey(
  key: LeakedKey,
  api: ProtectedApi | undefined,
  source: LeakSource,
  context: ChangeContext,
  { apis, pepper }: LeakDependencies,
): Promise<LeakOutcome> {
  const digest = api?.clientKey?.digest;
  if (api === undefined || digest === undefined) return 'unknown';
  if (!(await pepper([digest.pepper])).verifies(key.text, digest)) return 'unknown';
  const { outcome, change } = leakOfClientKey(api, source, context);
  if (change !== undefined) await apis.update(api, change);
  return outcome;
}
