import type { DenyStatement } from '../../contract/audit-policy.ts';
import { canonicalJson } from '../ground/canonical-json.ts';

/** What was found of the policy that locks the audit table. */
export interface LockReading {
  /** `changed`: it differs; `missing`: there is none; `unreadable`: nobody knows. */
  readonly state: 'intact' | 'changed' | 'missing' | 'unreadable';
  /** What is wrong, a sentence each; none where it is intact. */
  readonly differences: readonly string[];
}

/** A name that may be told: the policy may have been written by somebody hostile. */
const NAME = /^[A-Za-z0-9]{1,64}$/;

/**
 * Holds the policy that a table has against the one it should have. Order, names, and one value as a list or by
 * itself make no difference, for AWS may write a policy anew; every other one does, a further statement included:
 * a further Allow may let another account in, and a further Deny may keep the publisher out.
 * @param live the policy as JSON
 */
export function checkLock(expected: readonly DenyStatement[], live: string): LockReading {
  const found = statementsIn(live);
  if (found === undefined)
    return { state: 'changed', differences: ['the policy is not one that can be read'] };
  const present = new Set(found.map(meaningOf));
  const wanted = new Set(expected.map(meaningOf));
  const differences = [
    ...expected
      .filter((statement) => !present.has(meaningOf(statement)))
      .map(({ Sid }) => `the statement ${Sid} is missing, or was changed`),
    ...found
      .filter((statement) => !wanted.has(meaningOf(statement)))
      .map((statement) => `${nameOf(statement)} is none that Keywright put there`),
  ];
  return { state: differences.length === 0 ? 'intact' : 'changed', differences };
}

function statementsIn(json: string): readonly Record<string, unknown>[] | undefined {
  try {
    const { Statement } = Object(JSON.parse(json)) as { Statement?: unknown };
    const statements = Array.isArray(Statement) ? Statement : [Statement];
    return statements.every((each) => typeof each === 'object' && each !== null) ? statements : undefined;
  } catch {
    return undefined;
  }
}

/** What a statement says, its name left out, in one spelling. */
function meaningOf(statement: object): string {
  const { Sid, Principal, Action, ...rest } = statement as Record<string, unknown>;
  const actions = [Action].flat().map((action) => String(action).toLowerCase());
  const everybody = canonicalJson(inOrder(Principal)) === '{"AWS":["*"]}';
  return canonicalJson({
    ...(inOrder(rest) as object),
    Action: actions.sort(),
    Principal: everybody ? ['*'] : inOrder(Principal),
  });
}

/** Every value as a list of texts in order; what stands in objects likewise. */
function inOrder(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return [String(value)];
  if (Array.isArray(value)) return value.map(String).sort();
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inOrder(part)]));
}

function nameOf({ Sid, Effect }: Readonly<Record<string, unknown>>): string {
  const name = typeof Sid === 'string' && NAME.test(Sid) ? Sid : 'without a name';
  return `${Effect === 'Allow' ? 'an Allow' : 'a statement'} (${name})`;
}
