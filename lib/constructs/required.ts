/** Props are plain text and numbers, as all languages of the CDK have them; what they may be is checked here. */

/** @throws Error for a text that is none of these */
export function requireOneOf(name: string, given: string, expected: readonly string[]): void {
  if (expected.includes(given)) return;
  throw new Error(`${name} is ${JSON.stringify(given)}; expected ${expected.join(' or ')}.`);
}

/** @throws Error for what is no id of one of these kinds, such as `api` */
export function requireId(prefixes: string, name: string, id: string): void {
  if (new RegExp(`^(?:${prefixes})_[0-9A-Za-z]{12}$`).test(id)) return;
  const expected = prefixes.split('|').map((prefix) => `${prefix}_`);
  throw new Error(
    `${name} is ${JSON.stringify(id)}; expected ${expected.join(' or ')} and 12 of 0-9, A-Z and a-z.`,
  );
}
