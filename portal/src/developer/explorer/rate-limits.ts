/** How much is left of a limit, as an answer's headers say. */
export interface LimitLeft {
  /** As the headers name it: "60s", "month". */
  readonly name: string;
  readonly remaining: number;
  /** Where the policy was told as well. */
  readonly limit: number | undefined;
  readonly resetSeconds: number | undefined;
}

/** One item of a list of structured fields (RFC 9651): a name in quotes and its parameters. */
const ITEM = /^\s*"([^"]{1,64})"((?:\s*;\s*[a-z]+\s*=\s*-?\d{1,15})*)\s*$/;
const MOST_LIMITS = 10;

/**
 * What `RateLimit` and `RateLimit-Policy` say (draft-ietf-httpapi-ratelimit-headers-10). What can't be read is left
 * out: an API may send anything.
 */
export function limitsLeft(headers: { get(name: string): string | null }): LimitLeft[] {
  const policies = new Map(itemsOf(headers.get('ratelimit-policy')));
  return itemsOf(headers.get('ratelimit')).flatMap(([name, { r, t }]) =>
    r === undefined ? [] : [{ name, remaining: r, limit: policies.get(name)?.q, resetSeconds: t }],
  );
}

type Parameters = Readonly<Record<string, number | undefined>>;

function itemsOf(field: string | null): [name: string, parameters: Parameters][] {
  if (field === null) return [];
  return field
    .split(',')
    .slice(0, MOST_LIMITS)
    .flatMap((item): [string, Parameters][] => {
      const [, name, parameters = ''] = ITEM.exec(item) ?? [];
      if (name === undefined) return [];
      const pairs = [...parameters.matchAll(/([a-z]+)\s*=\s*(-?\d+)/g)].map(([, key = '', value]) => [
        key,
        Number(value),
      ]);
      return [[name, Object.fromEntries(pairs)]];
    });
}

/** "100 a minute" has the name "60s"; a quota is named by its period. */
export function limitInWords(name: string): string {
  const seconds = /^(\d+)s$/.exec(name)?.[1];
  if (seconds === undefined) return `This ${name}`;
  const known: Readonly<Record<string, string>> = { 1: 'second', 60: 'minute', 3600: 'hour', 86400: 'day' };
  return known[seconds] === undefined ? `Each ${seconds} seconds` : `Each ${known[seconds]}`;
}
