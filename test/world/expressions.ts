/** DynamoDB's expressions, as far as stores use them; anything else is an error. Each text is read once. */

export type Item = Readonly<Record<string, unknown>>;

/** What an expression's placeholders stand for. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

type Value = (item: Item, placeholders: Placeholders) => unknown;
type Condition = (item: Item, placeholders: Placeholders) => boolean;
/** Changes `item`; what it reads is as it was `before`. */
type Update = (item: Record<string, unknown>, before: Item, placeholders: Placeholders) => void;

const TOKEN = /[#:\w][\w.#:]*|<=|>=|<>|[<>=(),+-]/g;
const COMPARISONS: Readonly<Record<string, (one: Comparable, other: Comparable) => boolean>> = {
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
};
type Comparable = string | number;

const conditions = new Map<string, Condition>();
const updates = new Map<string, Update>();

/** Whether a condition, a key condition or a filter holds of an item. */
export function holds(text: string | undefined, item: Item, placeholders: Placeholders): boolean {
  if (text === undefined) return true;
  let condition = conditions.get(text);
  if (condition === undefined) {
    condition = new Reader(text).condition();
    conditions.set(text, condition);
  }
  return condition(item, placeholders);
}

/** The item after an update. @throws Error for a path into what is not there, as DynamoDB refuses it */
export function updated(item: Item, text: string, placeholders: Placeholders): Item {
  let update = updates.get(text);
  if (update === undefined) {
    update = new Reader(text).update();
    updates.set(text, update);
  }
  const result = structuredClone(item) as Record<string, unknown>;
  update(result, item, placeholders);
  return result;
}

/** These attributes of an item alone. */
export function projected(item: Item, text: string | undefined, placeholders: Placeholders): Item {
  if (text === undefined) return item;
  const names = text.split(/\s*,\s*/).map((name) => nameFor(name, placeholders));
  return Object.fromEntries(names.flatMap((name) => (name in item ? [[name, item[name]]] : [])));
}

function nameFor(token: string, { ExpressionAttributeNames }: Placeholders): string {
  if (!token.startsWith('#')) return token;
  const name = ExpressionAttributeNames?.[token];
  if (name === undefined) throw new Error(`${token} stands for nothing`);
  return name;
}

function valueFor(token: string, { ExpressionAttributeValues }: Placeholders): unknown {
  const value = ExpressionAttributeValues?.[token];
  if (value === undefined) throw new Error(`${token} stands for nothing`);
  return value;
}

/** Where a path leads: the map that holds its last name. */
function holderOf(item: Item, path: readonly string[], placeholders: Placeholders) {
  let holder: unknown = item;
  for (const part of path.slice(0, -1)) holder = Object(holder)[nameFor(part, placeholders)];
  const isMap = typeof holder === 'object' && holder !== null;
  const name = nameFor(path.at(-1) ?? '', placeholders);
  return { holder: isMap ? (holder as Record<string, unknown>) : undefined, name };
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = text.match(TOKEN) ?? [];
  }

  condition(): Condition {
    const condition = this.#any();
    if (this.#at < this.#tokens.length) throw this.#unknown();
    return condition;
  }

  update(): Update {
    const steps: Update[] = [];
    let section = '';
    while (this.#at < this.#tokens.length) {
      if (['SET', 'REMOVE', 'ADD', 'DELETE'].includes(this.#peek())) section = this.#next();
      else if (!this.#accept(',')) throw this.#unknown();
      steps.push(this.#step(section));
    }
    return (item, before, placeholders) => {
      for (const step of steps) step(item, before, placeholders);
    };
  }

  #step(section: string): Update {
    const path = this.#next().split('.');
    const change = this.#changeOf(section);
    return (item, before, placeholders) => {
      const { holder, name } = holderOf(item, path, placeholders);
      if (holder === undefined)
        throw Object.assign(new Error('an invalid path'), { name: 'ValidationException' });
      const value = change(holder[name], before, placeholders);
      if (value === undefined) delete holder[name];
      else holder[name] = value;
    };
  }

  /** What becomes of a value. */
  #changeOf(section: string): (old: unknown, before: Item, placeholders: Placeholders) => unknown {
    switch (section) {
      case 'SET': {
        this.#expect('=');
        const value = this.#sum();
        return (_, before, placeholders) => value(before, placeholders);
      }
      case 'REMOVE':
        return () => undefined;
      case 'ADD': {
        const by = this.#operand();
        return (old, before, placeholders) => sum(old, by(before, placeholders));
      }
      case 'DELETE': {
        const less = this.#operand();
        return (old, before, placeholders) =>
          old instanceof Set ? old.difference(less(before, placeholders) as Set<unknown>) : old;
      }
      default:
        throw this.#unknown();
    }
  }

  #sum(): Value {
    const left = this.#operand();
    const sign = this.#peek();
    if (sign !== '+' && sign !== '-') return left;
    this.#next();
    const right = this.#operand();
    return (item, placeholders) =>
      Number(left(item, placeholders)) + (sign === '+' ? 1 : -1) * Number(right(item, placeholders));
  }

  #any(): Condition {
    let left = this.#all();
    while (this.#accept('OR')) {
      const [one, other] = [left, this.#all()];
      left = (item, placeholders) => one(item, placeholders) || other(item, placeholders);
    }
    return left;
  }

  #all(): Condition {
    let left = this.#one();
    while (this.#accept('AND')) {
      const [one, other] = [left, this.#one()];
      left = (item, placeholders) => one(item, placeholders) && other(item, placeholders);
    }
    return left;
  }

  #one(): Condition {
    if (this.#accept('NOT')) {
      const not = this.#one();
      return (item, placeholders) => !not(item, placeholders);
    }
    if (this.#accept('(')) {
      const inner = this.#any();
      this.#expect(')');
      return inner;
    }
    const word = this.#peek();
    if (word === 'attribute_exists' || word === 'attribute_not_exists') {
      this.#next();
      const value = this.#argument();
      return (item, placeholders) =>
        (value(item, placeholders) !== undefined) === (word === 'attribute_exists');
    }
    if (word === 'begins_with' || word === 'contains') {
      this.#next();
      const [value, part] = this.#arguments();
      const test = word === 'contains' ? contains : begins;
      return (item, placeholders) => test(value(item, placeholders), part(item, placeholders));
    }
    return this.#comparison(this.#operand());
  }

  #comparison(left: Value): Condition {
    const operator = this.#next();
    if (operator === 'IN') this.#expect('(');
    const right = this.#operand();
    if (operator === '=' || operator === '<>') {
      return (item, placeholders) =>
        (left(item, placeholders) === right(item, placeholders)) === (operator === '=');
    }
    if (operator === 'IN') {
      const options = [right];
      while (this.#accept(',')) options.push(this.#operand());
      this.#expect(')');
      return (item, placeholders) =>
        options.some((option) => option(item, placeholders) === left(item, placeholders));
    }
    if (operator === 'BETWEEN') {
      this.#expect('AND');
      const high = this.#operand();
      return (item, placeholders) => {
        const [low, value, top] = [right, left, high].map((each) => each(item, placeholders));
        return isOrdered(low, value) && isOrdered(value, top);
      };
    }
    const compare = COMPARISONS[operator];
    if (compare === undefined) throw this.#unknown();
    return (item, placeholders) => {
      const [one, other] = [left(item, placeholders), right(item, placeholders)];
      return isComparable(one) && isComparable(other) && typeof one === typeof other && compare(one, other);
    };
  }

  #operand(): Value {
    if (this.#accept('size')) {
      const value = this.#argument();
      return (item, placeholders) => {
        const of = value(item, placeholders);
        return of instanceof Set ? of.size : of === undefined ? undefined : Object.keys(Object(of)).length;
      };
    }
    if (this.#accept('if_not_exists')) {
      const [value, otherwise] = this.#arguments();
      return (item, placeholders) => value(item, placeholders) ?? otherwise(item, placeholders);
    }
    const token = this.#next();
    if (token.startsWith(':')) return (_, placeholders) => valueFor(token, placeholders);
    const path = token.split('.');
    return (item, placeholders) => {
      const { holder, name } = holderOf(item, path, placeholders);
      return holder?.[name];
    };
  }

  #argument(): Value {
    this.#expect('(');
    const value = this.#operand();
    this.#expect(')');
    return value;
  }

  #arguments(): [Value, Value] {
    this.#expect('(');
    const first = this.#operand();
    this.#expect(',');
    const second = this.#operand();
    this.#expect(')');
    return [first, second];
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  #accept(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#accept(token)) throw this.#unknown();
  }

  #unknown(): Error {
    return new Error(`the world's DynamoDB does not know this expression: ${this.#text}`);
  }
}

function sum(before: unknown, by: unknown): unknown {
  if (by instanceof Set) return before instanceof Set ? before.union(by) : new Set(by);
  return Number(before ?? 0) + Number(by);
}

function begins(value: unknown, start: unknown): boolean {
  return typeof value === 'string' && value.startsWith(String(start));
}

function contains(value: unknown, part: unknown): boolean {
  if (value instanceof Set) return value.has(part);
  return (
    (typeof value === 'string' && value.includes(String(part))) ||
    (Array.isArray(value) && value.includes(part))
  );
}

function isComparable(value: unknown): value is Comparable {
  return typeof value === 'string' || typeof value === 'number';
}

function isOrdered(one: unknown, other: unknown): boolean {
  return isComparable(one) && isComparable(other) && typeof one === typeof other && one <= other;
}
