/** The parts of DynamoDB's expressions that the usage table's writers use; anything else is an error. */

export type Item = Readonly<Record<string, unknown>>;

/** What an expression's placeholders stand for. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, unknown> | undefined;
}

const TOKEN = /[#:\w]+|<=|>=|<>|[<>=(),]/g;
const COMPARISONS: Readonly<Record<string, (one: Comparable, other: Comparable) => boolean>> = {
  '=': (one, other) => one === other,
  '<>': (one, other) => one !== other,
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
};
type Comparable = string | number;

/**
 * Whether a condition holds: OR, AND, parentheses, comparisons, `attribute_exists`, `attribute_not_exists`
 * and `size`. What is compared with an attribute that is missing, or of another type, is false.
 */
export function holds(condition: string | undefined, item: Item, placeholders: Placeholders): boolean {
  if (condition === undefined) return true;
  const parser = new ConditionParser(condition, item, placeholders);
  return parser.parse();
}

/**
 * The item after an update: `SET a = :a, …` and `ADD b :b, …`, which adds to numbers and sets and begins
 * those that are missing.
 */
export function updated(item: Item, expression: string, placeholders: Placeholders): Item {
  const [, sets = '', additions = ''] = /^(?:SET (.+?))?(?: ?ADD (.+))?$/.exec(expression) ?? [];
  if (sets + additions === '') throw unknownExpression(expression);
  const result: Record<string, unknown> = { ...item };
  for (const action of sets === '' ? [] : sets.split(/, ?/)) {
    const [name = '', value = '', ...more] = action.split(' = ');
    if (more.length > 0 || !value.startsWith(':')) throw unknownExpression(expression);
    result[nameFor(name, placeholders)] = valueFor(value, placeholders);
  }
  for (const action of additions === '' ? [] : additions.split(/, ?/)) {
    const [name = '', value = '', ...more] = action.split(' ');
    if (more.length > 0 || !value.startsWith(':')) throw unknownExpression(expression);
    const attribute = nameFor(name, placeholders);
    result[attribute] = sum(result[attribute], valueFor(value, placeholders));
  }
  return result;
}

export function nameFor(token: string, { ExpressionAttributeNames }: Placeholders): string {
  if (!token.startsWith('#')) return token;
  const name = ExpressionAttributeNames?.[token];
  if (name === undefined) throw new Error(`${token} stands for nothing`);
  return name;
}

export function valueFor(token: string, { ExpressionAttributeValues }: Placeholders): unknown {
  const value = ExpressionAttributeValues?.[token];
  if (value === undefined) throw new Error(`${token} stands for nothing`);
  return value;
}

function sum(before: unknown, by: unknown): unknown {
  if (by instanceof Set && before === undefined) return new Set(by);
  if (by instanceof Set && before instanceof Set) return before.union(by);
  if (typeof by === 'number' && (before === undefined || typeof before === 'number'))
    return (before ?? 0) + by;
  throw new Error('ADD adds numbers to numbers and sets to sets');
}

class ConditionParser {
  readonly #tokens: readonly string[];
  readonly #condition: string;
  readonly #item: Item;
  readonly #placeholders: Placeholders;
  #at = 0;

  constructor(condition: string, item: Item, placeholders: Placeholders) {
    this.#condition = condition;
    this.#tokens = condition.match(TOKEN) ?? [];
    this.#item = item;
    this.#placeholders = placeholders;
  }

  parse(): boolean {
    const result = this.#any();
    if (this.#at < this.#tokens.length) throw unknownExpression(this.#condition);
    return result;
  }

  #any(): boolean {
    let result = this.#all();
    while (this.#accept('OR')) result = this.#all() || result;
    return result;
  }

  #all(): boolean {
    let result = this.#one();
    while (this.#accept('AND')) result = this.#one() && result;
    return result;
  }

  #one(): boolean {
    if (this.#accept('(')) {
      const result = this.#any();
      this.#expect(')');
      return result;
    }
    if (this.#accept('attribute_not_exists')) return this.#argument() === undefined;
    if (this.#accept('attribute_exists')) return this.#argument() !== undefined;
    const left = this.#operand();
    const compare = COMPARISONS[this.#next()];
    if (compare === undefined) throw unknownExpression(this.#condition);
    const right = this.#operand();
    return isComparable(left) && isComparable(right) && typeof left === typeof right && compare(left, right);
  }

  #operand(): unknown {
    if (!this.#accept('size')) return this.#value(this.#next());
    const value = this.#argument();
    return value instanceof Set ? value.size : undefined;
  }

  #argument(): unknown {
    this.#expect('(');
    const value = this.#value(this.#next());
    this.#expect(')');
    return value;
  }

  #value(token: string): unknown {
    if (token.startsWith(':')) return valueFor(token, this.#placeholders);
    return this.#item[nameFor(token, this.#placeholders)];
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  #accept(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#accept(token)) throw unknownExpression(this.#condition);
  }
}

function isComparable(value: unknown): value is Comparable {
  return typeof value === 'string' || typeof value === 'number';
}

function unknownExpression(expression: string): Error {
  return new Error(`the tables in memory do not know this expression: ${expression}`);
}
