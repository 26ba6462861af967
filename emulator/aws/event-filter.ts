/** `FilterCriteria` of an event source mapping: a record is delivered when any of the patterns fits it. */
export interface FilterCriteria {
  readonly Filters?: readonly { readonly Pattern?: string }[];
}

type Rule = string | number | boolean | null | { readonly exists: boolean } | { readonly prefix: string };

/**
 * Which records a mapping delivers, by the rules of Lambda's event filtering: a pattern has the record's
 * form, with a list of rules where the record has a value; one of the list must hold. Known rules are
 * the value itself, `exists` and `prefix`.
 * @throws Error for a pattern that uses others
 */
export function recordFilter({ Filters = [] }: FilterCriteria = {}): (record: unknown) => boolean {
  const patterns = Filters.map(({ Pattern = '{}' }) => JSON.parse(Pattern) as object);
  for (const pattern of patterns) checkPattern(pattern);
  return (record) => patterns.length === 0 || patterns.some((pattern) => fits(pattern, record));
}

function checkPattern(pattern: unknown): void {
  if (Array.isArray(pattern)) {
    const strange = pattern.find((rule) => !isRule(rule));
    if (strange === undefined) return;
    throw new Error(`The event filter's rule ${JSON.stringify(strange)} is not available on this machine.`);
  }
  if (typeof pattern !== 'object' || pattern === null) {
    throw new Error(`The event filter has ${JSON.stringify(pattern)} where a list of rules should be.`);
  }
  for (const part of Object.values(pattern)) checkPattern(part);
}

function isRule(rule: unknown): rule is Rule {
  if (typeof rule !== 'object' || rule === null) return true;
  const [[name, value] = [], ...others] = Object.entries(rule);
  if (others.length > 0) return false;
  return (
    (name === 'exists' && typeof value === 'boolean') || (name === 'prefix' && typeof value === 'string')
  );
}

function fits(pattern: object, value: unknown): boolean {
  if (Array.isArray(pattern)) {
    // Of a list of values one has to fit.
    const values = Array.isArray(value) ? value : [value];
    return (pattern as Rule[]).some((rule) => values.some((one) => holds(rule, one)));
  }
  return Object.entries(pattern).every(([name, part]) =>
    fits(part as object, value === null || value === undefined ? undefined : Object(value)[name]),
  );
}

function holds(rule: Rule, value: unknown): boolean {
  if (typeof rule !== 'object' || rule === null) return value === rule;
  if ('exists' in rule) return (value !== undefined) === rule.exists;
  return typeof value === 'string' && value.startsWith(rule.prefix);
}
