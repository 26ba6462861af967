import type * as z from 'zod';
import type { Change } from '../domain/audit-event.ts';
import { DomainError } from '../domain/domain-error.ts';
import { idOfRow, type KeyAlias } from '../domain/imported-key.ts';
import type { Pepper } from '../domain/pepper.ts';
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
}

/** The rest of the half minute that API Gateway waits is for the rows begun, at four a second with usage plans. */
const BUDGET_MILLISECONDS = 15_000;
const ROWS_AT_ONCE = 50;

/** The rows that have the schema's shape, and what is wrong with the others. Never repeats a value. */
export function readRows<Schema extends z.ZodType>(
  rows: readonly unknown[],
  schema: Schema,
): { good: { row: number; input: z.output<Schema> }[]; bad: RowResult[] } {
  const good: { row: number; input: z.output<Schema> }[] = [];
  const bad: RowResult[] = [];
  for (const [row, value] of rows.entries()) {
    const { success, data, error } = schema.safeParse(value);
    if (success) good.push({ row, input: data });
    else bad.push(problemOf(row, error));
  }
  return { good, bad };
}

/** A field's name that is not known could be a key in the wrong column, so it is not repeated either. */
function problemOf(row: number, error: z.ZodError): RowResult {
  const [issue] = error.issues;
  if (issue === undefined || issue.code === 'unrecognized_keys') {
    return { row, result: 'invalid', message: 'It has a field that is not known here; leave it out' };
  }
  const [param] = issue.path;
  return {
    row,
    result: 'invalid',
    ...(param !== undefined && { param: String(param) }),
    message: issue.message,
  };
}

/**
 * Rows whose key no earlier row has, and that the tenant allows.
 * @param planOf throws DomainError for what is wrong with a row
 * @throws DomainError `invalid_state` for what stands against every row
 */
export function planRows<Input, State>(
  rows: readonly { row: number; input: Input }[],
  planOf: (row: number, input: Input) => RowPlan<State>,
  newId: () => string,
): { good: { plan: RowPlan<State>; change: Change<State> }[]; bad: RowResult[] } {
  const seen = new Set<string>();
  const good: { plan: RowPlan<State>; change: Change<State> }[] = [];
  const bad: RowResult[] = [];
  for (const { row, input } of rows) {
    try {
      const plan = planOf(row, input);
      for (const { param, fingerprint } of plan.fingerprints) {
        if (seen.has(fingerprint)) throw new DomainError('invalid_request', REPEATED, { param });
        seen.add(fingerprint);
      }
      good.push({ plan, change: plan.create(newId()) });
    } catch (error) {
      if (!(error instanceof DomainError) || error.code === 'invalid_state') throw error;
      const { param, message } = error;
      bad.push({ row, result: 'invalid', ...(param !== undefined && { param }), message });
    }
  }
  return { good, bad };
}

const REPEATED = 'This key stands in an earlier row or field too';

/**
 * Imports rows until they are done or the time is over; those that were not begun are pending. Of each row
 * the aliases are written first and the credential last, with the id that the aliases name: stopped anywhere,
 * the row does not work yet; a repeat goes on where it stopped, and another row may have its keys instead.
 * Rows that are done are found without regard to the time, so every repeat has fewer left to do.
 * @throws Error when the store fails; what was done until then stays done, and a repeat finds it
 */
export async function importRows<State>(
  plans: readonly RowPlan<State>[],
  given: RowImport<State>,
): Promise<RowResult[]> {
  const found = (await given.aliases.find(plans.flatMap((plan) => digestsOf(plan, given.pepper)))).values();
  const begun = plans.map((plan) => ({ plan, aliases: plan.fingerprints.map(() => found.next().value) }));
  const ids = begun.flatMap(({ aliases }) => aliases.flatMap((alias) => alias?.credentialId ?? []));
  const credentials = await given.aliases.credentials(ids);
  const results: RowResult[] = [];
  const left: typeof begun = [];
  for (const each of begun) {
    const leading = each.aliases.map((alias) =>
      alias !== undefined && credentials.has(alias.credentialId) ? alias : undefined,
    );
    const result = settled(each.plan, leading, given);
    if (result === undefined) left.push(each);
    else results.push(result);
  }
  const waiting = left.values();
  let failed = false;
  let rowsBegun = 0;
  const work = async () => {
    for (const { plan, aliases } of waiting) {
      const over = failed || (rowsBegun++ >= ROWS_AT_ONCE && given.isOver());
      results.push(over ? { row: plan.row, result: 'pending' } : await importRow(plan, aliases, given));
    }
  };
  const failing = (error: unknown) => {
    failed = true;
    throw error;
  };
  await Promise.all(Array.from({ length: ROWS_AT_ONCE }, () => work().catch(failing)));
  return results;
}

/**
 * What a row comes to that was imported before, or that never can be; undefined for one that is to be done.
 * @param aliases those that lead to a credential; one that leads nowhere is left of an import that stopped
 */
function settled<State>(
  plan: RowPlan<State>,
  aliases: readonly (KeyAlias | undefined)[],
  given: RowImport<State>,
): RowResult | undefined {
  const first = aliases.findIndex((alias) => alias !== undefined);
  const id = aliases[first]?.credentialId;
  if (id === undefined) return undefined;
  const strange = aliases.findIndex((alias) => alias !== undefined && !leadsHere(alias, plan, given));
  if (strange !== -1) return taken(plan, strange);
  return aliases.every((alias) => alias?.credentialId === id)
    ? { row: plan.row, result: 'exists', id: given.publicId(id) }
    : taken(plan, first);
}

async function importRow<State>(
  plan: RowPlan<State>,
  abandoned: readonly (KeyAlias | undefined)[],
  given: RowImport<State>,
): Promise<RowResult> {
  const { row, productId } = plan;
  const { aliases, pepper, publicId, insert } = given;
  const leadsTo = { tenantId: given.tenantId, ...(productId && { productId }) };
  const keys = digestsOf(plan, pepper);
  const credentialId = idOfRow(leadsTo, keys);
  for (const [index, digests] of keys.entries()) {
    const held = await aliases.claim(digests, { credentialId, ...leadsTo }, abandoned[index]?.credentialId);
    if (held.credentialId !== credentialId) return taken(plan, index);
  }
  try {
    await insert(plan.create(credentialId));
    return { row, result: 'created', id: publicId(credentialId) };
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'already_exists')) throw error;
    return { row, result: 'exists', id: publicId(credentialId) };
  }
}

function leadsHere<State>(alias: KeyAlias, plan: RowPlan<State>, given: RowImport<State>): boolean {
  return alias.tenantId === given.tenantId && alias.productId === plan.productId;
}

function taken<State>({ row, fingerprints }: RowPlan<State>, index: number): RowResult {
  const param = fingerprints[index]?.param ?? 'key';
  return { row, result: 'invalid', param, message: 'This key belongs to something else here already' };
}

/** Whether an import that began at `start` has used up its time. */
export function isOverAt(start: Date, now: () => Date): () => boolean {
  return () => now().getTime() - start.getTime() >= BUDGET_MILLISECONDS;
}

function digestsOf<State>({ fingerprints }: RowPlan<State>, pepper: Pepper) {
  return fingerprints.map(({ fingerprint }) => pepper.digests(fingerprint));
}
