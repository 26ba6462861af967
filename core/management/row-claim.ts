import { setTimeout as sleep } from 'node:timers/promises';
import type { Change } from '../domain/audit/audit-event.ts';
import { compositeKey } from '../domain/ground/composite-key.ts';
import { DomainError } from '../domain/ground/domain-error.ts';
import { idOfRow, type KeyAlias, ownerOf } from '../domain/imports/imported-key.ts';
import type { Pepper } from '../domain/keys/pepper.ts';
import type { AliasStore } from '../store/alias-store.ts';
import type { RowResult } from './schemas/import-schemas.ts';

/** A row that may be imported: what its keys are found by, and what becomes of it under an id. */
export interface RowPlan<State> {
  readonly row: number;
  /** Each with the field that it came in. */
  readonly fingerprints: readonly { readonly param: string; readonly fingerprint: string }[];
  readonly productId?: string;
  /** @throws DomainError for what the tenant does not allow */
  readonly create: (credentialId: string) => Change<State>;
}

export interface RowImport<State> {
  readonly tenantId: string;
  readonly aliases: AliasStore;
  readonly pepper: Pepper;
  /** The public id of a credential, by its 12 characters. */
  readonly publicId: (credentialId: string) => string;
  /** @throws DomainError `already_exists` */
  readonly insert: (change: Change<State>) => Promise<unknown>;
  /** Whether no further rows are to be begun. */
  readonly isOver: () => boolean;
  /** Whether whoever imports may know of a tenant's keys. */
  readonly seesTenant: (tenantId: string) => boolean;
  /** Is told of what nobody expected of a row. */
  readonly onFailure: (row: number, error: unknown) => void;
}

/** A row, and what stands against it or for it. */
export interface BegunRow<State> {
  readonly plan: RowPlan<State>;
  /** Where each of its keys leads to by each digest. */
  readonly held: readonly (readonly (KeyAlias | undefined)[])[];
  /** Those of the credentials led to that there are. */
  readonly credentials: ReadonlySet<string>;
}

/** What stands against rows, or for them, as it is now. */
export async function lookUp<State>(
  plans: readonly RowPlan<State>[],
  { aliases, pepper }: RowImport<State>,
): Promise<BegunRow<State>[]> {
  const held = await aliases.held(plans.flatMap((plan) => digestsOf(plan, pepper)));
  const ids = held.flat().flatMap((alias) => alias?.credentialId ?? []);
  const credentials = await aliases.credentials(ids);
  const next = held.values();
  return plans.map((plan) => ({
    plan,
    held: plan.fingerprints.map(() => next.next().value ?? []),
    credentials,
  }));
}

/**
 * What a row comes to that was imported before, or that never can be; undefined for one that is to be done.
 * What leads to no credential counts for nothing: it is left of an import that stopped, or of one that is under
 * way and has not won yet.
 */
export function resultOf<State>(
  { plan, held, credentials }: BegunRow<State>,
  given: RowImport<State>,
): RowResult | undefined {
  const leading = held.map((aliases) => {
    const released = aliases.flatMap((alias) => (alias?.released ? [alias.credentialId] : []));
    return aliases.filter(
      (alias) =>
        alias !== undefined &&
        credentials.has(alias.credentialId) &&
        // A release is noted by the oldest digest, for all of them.
        !released.includes(alias.credentialId),
    );
  });
  const all = leading.flatMap((aliases, index) => aliases.map((alias) => ({ alias, index })));
  const [first] = all;
  if (first === undefined) return undefined;
  const strange = all.find(({ alias }) => alias !== undefined && !leadsHere(alias, plan, given));
  if (strange !== undefined) return taken(plan, strange.index, strange.alias, given);
  const id = first.alias?.credentialId ?? '';
  return leading.every((aliases) => aliases.length > 0) &&
    all.every(({ alias }) => alias?.credentialId === id)
    ? { row: plan.row, result: 'exists', id: given.publicId(id) }
    : taken(plan, first.index, first.alias, given);
}

/** Looks again as often as somebody else was quicker, until the row is somebody's for good. */
export async function importRow<State>(begun: BegunRow<State>, given: RowImport<State>): Promise<RowResult> {
  let now: BegunRow<State> | undefined = begun;
  for (let attempt = 0, barred = 0; now !== undefined && attempt < MOST_ATTEMPTS; attempt++) {
    const mayBar = attempt >= WAITS;
    const outcome = resultOf(now, given) ?? (await take(now, { barred, mayBar }, given));
    if (typeof outcome === 'object') return outcome;
    if (outcome === 'barred') barred += 1;
    if (outcome === 'wait') await sleep(WAIT_MILLISECONDS);
    [now] = await lookUp([begun.plan], given);
  }
  return { row: begun.plan.row, result: 'pending' };
}

/** More than a handful of importers at once have of one row. */
const MOST_ATTEMPTS = 30;
/** How often, and for how long each time, an importer lets another go first who has the same keys in hand. */
const WAITS = 3;
const WAIT_MILLISECONDS = 50;

/**
 * Makes all of a row's keys lead to its credential, and then the credential. Whom they led to before is barred
 * first: an importer that is under way still finds its credential refused, and looks again. Of two at
 * once one goes first, by an order that both know, or they could bar each other for ever.
 * @returns `wait` for who goes first, `again` when somebody was quicker, `barred` when somebody took the keys:
 *   then it needs another id
 */
async function take<State>(
  { plan, held, credentials }: BegunRow<State>,
  { barred, mayBar }: { readonly barred: number; readonly mayBar: boolean },
  given: RowImport<State>,
): Promise<RowResult | 'wait' | 'again' | 'barred'> {
  const { row, productId } = plan;
  const { aliases, pepper, publicId, insert } = given;
  const keys = digestsOf(plan, pepper);
  const leadsTo = { tenantId: given.tenantId, ...(productId && { productId }) };
  const own: KeyAlias = { credentialId: idOfRow(leadsTo, keys, barred), ...leadsTo };
  const { credentialId } = own;
  const unmade = held
    .flat()
    .filter((alias) => alias && !alias.released && !credentials.has(alias.credentialId))
    .filter((alias) => alias !== undefined && alias.credentialId !== credentialId) as KeyAlias[];
  if (!mayBar && unmade.some((alias) => rankOf(alias) < rankOf(own))) return 'wait';
  for (const id of new Set(unmade.map((alias) => alias.credentialId))) {
    if (!(await aliases.bar(id))) return 'again';
  }
  for (const [index, digests] of keys.entries()) {
    for (const [version, digest] of digests.entries()) {
      if (!(await aliases.claim(digest, own, held[index]?.[version]))) return 'again';
    }
  }
  try {
    await insert(plan.create(credentialId));
    return { row, result: 'created', id: publicId(credentialId) };
  } catch (error) {
    if (!isCode(error, 'already_exists')) throw error;
    return (await aliases.credentials([credentialId])).has(credentialId) ? 'again' : 'barred';
  }
}

function rankOf({ tenantId, productId = '', credentialId }: KeyAlias): string {
  return compositeKey(tenantId, productId, credentialId);
}

function leadsHere<State>(alias: KeyAlias, plan: RowPlan<State>, given: RowImport<State>): boolean {
  return alias.tenantId === given.tenantId && alias.productId === plan.productId;
}

/** Whose the key is, is told only to those who may know of it: who brings a text has it, and learns no more. */
function taken<State>(
  { row, fingerprints }: RowPlan<State>,
  index: number,
  alias: KeyAlias | undefined,
  { seesTenant }: RowImport<State>,
): RowResult {
  const param = fingerprints[index]?.param ?? 'key';
  const message =
    alias !== undefined && seesTenant(alias.tenantId)
      ? `This key leads to ${ownerOf(alias).id} of ${alias.tenantId} already; an operator can release it once that has ended`
      : 'This key can’t be taken here; use another one, or ask the operator of Keywright';
  return { row, result: 'invalid', param, message };
}

function digestsOf<State>({ fingerprints }: RowPlan<State>, pepper: Pepper) {
  return fingerprints.map(({ fingerprint }) => pepper.digests(fingerprint));
}

export function isCode(error: unknown, code: DomainError['code']): boolean {
  return error instanceof DomainError && error.code === code;
}
