import { randomInt } from 'node:crypto';

/** What GetRandomPassword and GenerateSecretString take, with Secrets Manager's own defaults. */
export interface PasswordRules {
  readonly PasswordLength?: number;
  readonly ExcludeCharacters?: string;
  readonly ExcludeLowercase?: boolean;
  readonly ExcludeUppercase?: boolean;
  readonly ExcludeNumbers?: boolean;
  readonly ExcludePunctuation?: boolean;
  readonly IncludeSpace?: boolean;
  readonly RequireEachIncludedType?: boolean;
}

/** A password of random characters, at least one of each included type unless told otherwise. */
export function randomPassword(rules: PasswordRules): string {
  const types = [
    rules.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    rules.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    rules.ExcludeNumbers ? '' : '0123456789',
    rules.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    rules.IncludeSpace ? ' ' : '',
  ].map((type) => Array.from(type).filter((character) => !rules.ExcludeCharacters?.includes(character)));
  const included = types.filter((type) => type.length > 0);
  const all = included.flat();
  const length = rules.PasswordLength ?? 32;
  if (all.length === 0 || length < included.length)
    throw new Error('The rules for a generated secret exclude every character or ask for too short a value.');

  for (;;) {
    const password = Array.from({ length }, () => all[randomInt(all.length)] ?? '');
    const complete = included.every((type) => type.some((character) => password.includes(character)));
    if (complete || rules.RequireEachIncludedType === false) return password.join('');
  }
}
