/**
 * The part of the Velocity Template Language that MOCK integrations of CDK's CORS preflights use:
 * references with properties and calls, `#set`, `#if`/`#elseif`/`#else`/`#end`, `==`, `!=`, `&&`, `||`,
 * `!`, parentheses, strings and numbers. Anything else throws when the template is parsed, at start-up.
 */
export type VelocityTemplate = readonly Node[];

/** Names that a template can reach; functions are called with evaluated arguments. */
export type VelocityScope = { [name: string]: unknown };

type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly reference: Reference; readonly source: string }
  | { readonly kind: 'set'; readonly target: readonly string[]; readonly value: Expression }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly then: VelocityTemplate;
      readonly otherwise: VelocityTemplate;
    };

type Expression =
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'not'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    };

interface Reference {
  readonly steps: readonly (string | readonly Expression[])[];
}

export function parseVelocity(source: string): VelocityTemplate {
  return new Parser(source).template();
}

/** The template's text. Assignments change `scope`, creating the objects on their way. */
export function renderVelocity(template: VelocityTemplate, scope: VelocityScope): string {
  return template.map((node) => renderNode(node, scope)).join('');
}

class Parser {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  template(): VelocityTemplate {
    const nodes = this.#nodes();
    if (this.#at < this.#source.length) this.#fail('a directive without its #if');
    return nodes;
  }

  #nodes(): Node[] {
    const nodes: Node[] = [];
    while (this.#at < this.#source.length && !this.#sees(/#(?:else|elseif|end)\b/y)) {
      nodes.push(this.#node());
    }
    return nodes;
  }

  #node(): Node {
    if (this.#take(/#set\s*\(\s*\$/y)) return this.#set();
    if (this.#take(/#if\s*\(/y)) return this.#if();
    if (this.#sees(/#[a-z]/y)) this.#fail('a directive that is not supported');
    const start = this.#at;
    if (this.#take(/\$!?(?=[a-zA-Z])/y)) {
      const reference = this.#reference();
      return { kind: 'output', reference, source: this.#source.slice(start, this.#at) };
    }
    return { kind: 'text', text: this.#take(/[^#$]+|[#$]/y) ?? '' };
  }

  #set(): Node {
    const { steps } = this.#reference();
    if (!steps.every((step) => typeof step === 'string')) this.#fail('an assignment to a call');
    this.#expect(/\s*=/y, '=');
    const value = this.#or();
    this.#expect(/\s*\)[ \t]*\n?/y, ')');
    return { kind: 'set', target: steps as string[], value };
  }

  #if(): Node {
    const test = this.#or();
    this.#expect(/\s*\)[ \t]*\n?/y, ')');
    const then = this.#nodes();
    if (this.#take(/#elseif\s*\(/y)) return { kind: 'if', test, then, otherwise: [this.#if()] };
    const otherwise = this.#take(/#else[ \t]*\n?/y) ? this.#nodes() : [];
    this.#expect(/#end\b[ \t]*\n?/y, '#end');
    return { kind: 'if', test, then, otherwise };
  }

  #reference(): Reference {
    const steps: (string | Expression[])[] = [this.#expect(/[a-zA-Z][\w-]*/y, 'a name')];
    for (;;) {
      if (this.#take(/\(/y)) steps.push(this.#arguments());
      else if (this.#sees(/\.[a-zA-Z]/y)) steps.push(this.#expect(/\.[a-zA-Z][\w-]*/y, 'a name').slice(1));
      else return { steps };
    }
  }

  #arguments(): Expression[] {
    const list: Expression[] = [];
    while (!this.#take(/\s*\)/y)) {
      if (list.length > 0) this.#expect(/\s*,/y, ',');
      list.push(this.#or());
    }
    return list;
  }

  #or(): Expression {
    return this.#binary(/\s*\|\|/y, () => this.#and());
  }

  #and(): Expression {
    return this.#binary(/\s*&&/y, () => this.#equality());
  }

  #equality(): Expression {
    return this.#binary(/\s*[=!]=/y, () => this.#operand());
  }

  #binary(operators: RegExp, operand: () => Expression): Expression {
    let left = operand();
    for (let operator = this.#take(operators); operator !== null; operator = this.#take(operators)) {
      left = { kind: 'binary', operator: operator.trim(), left, right: operand() };
    }
    return left;
  }

  #operand(): Expression {
    this.#take(/\s+/y);
    if (this.#take(/!(?!=)/y)) return { kind: 'not', operand: this.#operand() };
    if (this.#take(/\$!?/y)) return { kind: 'reference', reference: this.#reference() };
    if (this.#take(/\(/y)) {
      const inner = this.#or();
      this.#expect(/\s*\)/y, ')');
      return inner;
    }
    const constant = this.#expect(/"[^"$]*"|'[^']*'|\d+|true|false/y, 'a value');
    return { kind: 'constant', value: /^["']/.test(constant) ? constant.slice(1, -1) : JSON.parse(constant) };
  }

  #sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#source);
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (match === null) return null;
    this.#at = pattern.lastIndex;
    return match[0];
  }

  #expect(pattern: RegExp, what: string): string {
    return this.#take(pattern) ?? this.#fail(`something other than ${what}`);
  }

  #fail(problem: string): never {
    const where = this.#source.slice(this.#at, this.#at + 30);
    throw new Error(`mapping template has ${problem} at ${JSON.stringify(where)}: ${this.#source}`);
  }
}

function renderNode(node: Node, scope: VelocityScope): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'output': {
      const value = follow(node.reference, scope);
      return value === undefined || value === null ? node.source : String(value);
    }
    case 'set':
      assign(scope, node.target, evaluate(node.value, scope));
      return '';
    case 'if':
      return renderVelocity(isTrue(evaluate(node.test, scope)) ? node.then : node.otherwise, scope);
  }
}

function evaluate(expression: Expression, scope: VelocityScope): unknown {
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'reference':
      return follow(expression.reference, scope);
    case 'not':
      return !isTrue(evaluate(expression.operand, scope));
    case 'binary':
      return compare(expression.operator, evaluate(expression.left, scope), () =>
        evaluate(expression.right, scope),
      );
  }
}

function compare(operator: string, left: unknown, right: () => unknown): boolean {
  if (operator === '||') return isTrue(left) || isTrue(right());
  if (operator === '&&') return isTrue(left) && isTrue(right());
  return (left === right()) === (operator === '==');
}

/** Follows properties that objects have themselves, and nothing that they inherit. */
function follow({ steps }: Reference, scope: VelocityScope): unknown {
  let value: unknown = scope;
  for (const step of steps) {
    if (typeof step === 'string') {
      value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    } else {
      value = typeof value === 'function' ? value(...step.map((item) => evaluate(item, scope))) : undefined;
    }
  }
  return value;
}

function assign(scope: VelocityScope, target: readonly string[], value: unknown): void {
  let object = scope;
  for (const name of target.slice(0, -1)) {
    const inner = Object.hasOwn(object, name) ? object[name] : undefined;
    const next: VelocityScope = isObject(inner) ? inner : {};
    object[name] = next;
    object = next;
  }
  object[target.at(-1) ?? ''] = value;
}

function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}

function isObject(value: unknown): value is VelocityScope {
  return typeof value === 'object' && value !== null;
}
