/** Readers of single configuration fields: each returns a checked value or throws a ConfigError. */

/**
 * A wrong configuration. `message` is one sentence for the operator: field, what it is, what was expected.
 * @jsii ignore
 */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/** Reads the value found at `path` (`keywright.identity.issuer`). */
export type Field<T> = (value: unknown, path: string) => T;

export type Fields<T> = { readonly [K in keyof T]-?: Field<T[K]> };

export function describe(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}

function wrong(path: string, value: unknown, expected: string): ConfigError {
  return new ConfigError(`${path} is ${describe(value)}; expected ${expected}.`);
}

/** An object with these fields and no others. */
export function object<T>(fields: Fields<T>): Field<T> {
  const names = Object.keys(fields);
  return (value, path) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw wrong(path, value, `an object with ${names.join(', ')}`);
    }
    const given = value as Record<string, unknown>;
    const unknown = Object.keys(given).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new ConfigError(`${path}.${unknown} is not a field; expected one of ${names.join(', ')}.`);
    }
    const read = (name: string) =>
      (fields as Record<string, Field<unknown>>)[name]?.(given[name], `${path}.${name}`);
    return Object.fromEntries(names.map((name) => [name, read(name)])) as T;
  };
}

/** `fallback` where nothing is given. */
export function optional<T>(field: Field<T>, fallback: NoInfer<T>): Field<T>;
export function optional<T>(field: Field<T>, fallback: null): Field<T | null>;
export function optional<T>(field: Field<T>, fallback: T | null): Field<T | null> {
  return (value, path) => (value === undefined || value === fallback ? fallback : field(value, path));
}

export function listOf<T>(field: Field<T>): Field<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, value, 'a list');
    return value.map((item, i) => field(item, `${path}[${i}]`));
  };
}

export function oneOf<const T extends string | number>(choices: readonly T[]): Field<T> {
  return (value, path) => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw wrong(path, value, `one of ${choices.join(', ')}`);
    return choice;
  };
}

export function integer(min: number, max: number): Field<number> {
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      throw wrong(path, value, `a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

/** Text that matches `pattern`, which `expected` describes. */
export function matching(pattern: RegExp, expected: string): Field<string> {
  return (value, path) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw wrong(path, value, expected);
    return value;
  };
}

export const boolean: Field<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw wrong(path, value, 'true or false');
  return value;
};

export const emailAddress = matching(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an e-mail address');

/** `https`, or `http` on this machine, where no certificate exists. */
export const httpsUrl: Field<string> = (value, path) => {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
  if (url === null || !isProtected(url)) throw wrong(path, value, 'an https URL (http only for localhost)');
  return value as string;
};

/** An origin as browsers send it: scheme, host and port, nothing after. */
export const origin: Field<string> = (value, path) => {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
  if (url === null || !isProtected(url) || url.origin !== value) {
    throw wrong(path, value, 'an origin such as https://portal.example.com, without a path');
  }
  return url.origin;
};

function isProtected(url: URL): boolean {
  return (
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname))
  );
}
