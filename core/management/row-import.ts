import type * as z from 'zod';
import { type Guarded, waitsForApproval } from '../domain/approvals/four-eyes.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import { DomainError } from '../domain/ground/domain-error.ts';
import type { Tenant } from '../domain/tenants/tenant.ts';
import { isPassing } from './error-answer.ts';
import { messageOf } from './input-faults.ts';
import { faultOf } from './request-reader.ts';
import {
  type BegunRow,
  importRow,
  isCode,
  lookUp,
  type RowImport,
  type RowPlan,
  resultOf,
} from './row-claim.ts';
import type { RowResult } from './schemas/import-schemas.ts';

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
    const fault = faultOf(value);
    if (fault !== undefined) {
      bad.push({ row, result: 'invalid', message: fault });
      continue;
    }
    const parsed = parseRow(schema, value);
    if (parsed?.success) good.push({ row, input: parsed.data });
    else bad.push(parsed === undefined ? unreadable(row) : problemOf(row, parsed.error));
  }
  return { good, bad };
}

/** Undefined for a value that makes a schema fail instead of refusing it: no row stops the others. */
function parseRow<Schema extends z.ZodType>(schema: Schema, value: unknown) {
  try {
    return schema.safeParse(value);
  } catch {
    return undefined;
  }
}

function unreadable(row: number): RowResult {
  return { row, result: 'invalid', message: 'It has a value that can’t be read' };
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
    message: messageOf(issue),
  };
}

/**
 * Rows whose key no earlier good row has, and that the tenant allows. Whatever is wrong with a row is that
 * row's result, so what stands against all of them is to be asked before.
 * @param planOf throws DomainError for what is wrong with a row
 */
export function planRows<Input, State>(
  rows: readonly { row: number; input: Input }[],
  planOf: (row: number, input: Input) => RowPlan<State>,
  { newId, onFailure }: { readonly newId: () => string } & Pick<RowImport<State>, 'onFailure'>,
): { good: { plan: RowPlan<State>; change: Change<State> }[]; bad: RowResult[] } {
  const seen = new Set<string>();
  const good: { plan: RowPlan<State>; change: Change<State> }[] = [];
  const bad: RowResult[] = [];
  for (const { row, input } of rows) {
    try {
      const plan = planOf(row, input);
      const own = new Set<string>();
      for (const { param, fingerprint } of plan.fingerprints) {
        if (seen.has(fingerprint) || own.has(fingerprint)) {
          throw new DomainError('invalid_request', REPEATED, { param });
        }
        own.add(fingerprint);
      }
      good.push({ plan, change: plan.create(newId()) });
      for (const fingerprint of own) seen.add(fingerprint);
    } catch (error) {
      if (!(error instanceof DomainError)) onFailure(row, error);
      bad.push(error instanceof DomainError ? refusedRow(row, error) : unexpected(row));
    }
  }
  return { good, bad };
}

function unexpected(row: number): RowResult {
  const message = 'This row could not be imported; the request’s id finds the cause in the logs';
  return { row, result: 'invalid', message };
}

function refusedRow(row: number, { param, message }: DomainError): RowResult {
  return { row, result: 'invalid', ...(param !== undefined && { param }), message };
}

/**
 * A row's change, where it need not wait.
 * @throws DomainError `invalid_state` for one that would: nobody can look through 10,000 rows on an approval
 */
export function importable<State extends Guarded>(tenant: Tenant, change: Change<State>): Change<State> {
  if (!waitsForApproval(tenant, change, undefined)) return change;
  throw new DomainError(
    'invalid_state',
    'What is live waits for a second admin in this tenant, and an import can’t: have one approve that requireApproval is turned off meanwhile',
  );
}

const REPEATED = 'This key stands in an earlier row or field too';

/**
 * Imports rows until they are done or the time is over; those that were not begun are pending. Of each row
 * the aliases are written first and the credential last, with the id that the aliases name: stopped anywhere,
 * the row does not work yet; a repeat goes on where it stopped, and another row may have its keys instead.
 * Rows that are done are found without regard to the time, so every repeat has fewer left to do.
 * What fails with one row is that row's result: refused by the store or for a reason that nobody knows, it is
 * invalid; while a service is away, it and the rows not begun are pending.
 * @throws Error when it failed and no row was done: then it is not about the rows
 */
export async function importRows<State>(
  plans: readonly RowPlan<State>[],
  given: RowImport<State>,
): Promise<RowResult[]> {
  const results: RowResult[] = [];
  const left: BegunRow<State>[] = [];
  for (const each of await lookUp(plans, given)) {
    const result = resultOf(each, given);
    if (result === undefined) left.push(each);
    else results.push(result);
  }
  const failures = await doRows(left, given, results);
  const done = results.some(({ result }) => result === 'created' || result === 'exists');
  if (failures.length > 0 && !done) throw failures[0];
  return results;
}

/** Does rows, some at once, and gives what failed of a sudden; what became of each row goes to `results`. */
async function doRows<State>(
  rows: readonly BegunRow<State>[],
  given: RowImport<State>,
  results: RowResult[],
): Promise<unknown[]> {
  const waiting = rows.values();
  const failures: unknown[] = [];
  let away = false;
  let rowsBegun = 0;
  const attempt = async (begun: BegunRow<State>): Promise<RowResult> => {
    const { row } = begun.plan;
    if (away || (rowsBegun++ >= ROWS_AT_ONCE && given.isOver())) return { row, result: 'pending' };
    try {
      return await importRow(begun, given);
    } catch (error) {
      const passing = isPassing(error) || isCode(error, 'dependency_unavailable');
      if (error instanceof DomainError && !passing) return refusedRow(row, error);
      given.onFailure(row, error);
      if (!isItsOwn(error)) failures.push(error);
      away ||= passing;
      return passing ? { row, result: 'pending' } : unexpected(row);
    }
  };
  const work = async () => {
    for (const each of waiting) results.push(await attempt(each));
  };
  await Promise.all(Array.from({ length: ROWS_AT_ONCE }, work));
  return failures;
}

/** What a service finds wrong with what a row would write. */
function isItsOwn(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException';
}

/** Whether an import that began at `start` has used up its time. */
export function isOverAt(start: Date, now: () => Date): () => boolean {
  return () => now().getTime() - start.getTime() >= BUDGET_MILLISECONDS;
}
