/** A statement of the policy that a Lambda authorizer returns; lists are always lists here. */
export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** API Gateway says which kind of deny it was in its default message, so the two are told apart. */
export type PolicyOutcome = 'allow' | 'implicit deny' | 'explicit deny';

const INVOKE = 'execute-api:invoke';

/**
 * The statements of a `policyDocument`, or null when it is not one. Also null for what this emulation
 * does not evaluate (`NotAction`, `NotResource`, `Condition`): a policy that is only half understood must
 * not allow anything.
 */
export function parsePolicy(document: unknown): PolicyStatement[] | null {
  if (typeof document !== 'object' || document === null || !('Statement' in document)) return null;
  const statements = [document.Statement].flat().map(parseStatement);
  return statements.every((statement) => statement !== null) ? statements : null;
}

/** Whether the statements let `resource` (a method or route ARN) be invoked. An explicit deny always wins. */
export function evaluatePolicy(statements: readonly PolicyStatement[], resource: string): PolicyOutcome {
  const applicable = statements.filter(
    ({ actions, resources }) =>
      actions.some((action) => matchesWildcard(action.toLowerCase(), INVOKE)) &&
      resources.some((pattern) => matchesWildcard(pattern, resource)),
  );
  if (applicable.some(({ effect }) => effect === 'Deny')) return 'explicit deny';
  return applicable.length > 0 ? 'allow' : 'implicit deny';
}

/** IAM's wildcards: `*` is any run of characters, slashes and colons included, `?` is exactly one. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  // On a mismatch let the last star take one character more: linear in practice, never exponential.
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star !== -1) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(p));
}

function parseStatement(value: unknown): PolicyStatement | null {
  if (typeof value !== 'object' || value === null) return null;
  const { Effect, Action, Resource, ...rest } = value as Record<string, unknown>;
  const actions = [Action].flat();
  const resources = [Resource].flat();
  if (Effect !== 'Allow' && Effect !== 'Deny') return null;
  if (![...actions, ...resources].every((item) => typeof item === 'string')) return null;
  if (Object.keys(rest).some((key) => key !== 'Sid')) return null;
  return { effect: Effect, actions: actions as string[], resources: resources as string[] };
}
