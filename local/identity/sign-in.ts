import { Secret, TOTP } from 'otpauth';
import type { Person } from './people.ts';
import { passwordMatches } from './people.ts';
import type { IdentityStore } from './store.ts';

/** How an attempt to give a password or a code went. */
export type SignInOutcome =
  | { readonly kind: 'accepted'; readonly person: Person }
  | { readonly kind: 'refused' }
  | { readonly kind: 'blocked'; readonly retryAfterSeconds: number };

/** This many wrong passwords and codes in a row cost nothing; each one more costs twice the wait. */
const FREE_FAILURES = 5;
const FIRST_BLOCK_SECONDS = 30;
const LONGEST_BLOCK_SECONDS = 15 * 60;

const CODE_PERIOD_SECONDS = 30;

/** The authenticator app that a person would use, with the secret that it was given. */
export function authenticatorOf({ email }: Pick<Person, 'email'>, totpSecret: string): TOTP {
  return new TOTP({
    issuer: 'Keywright',
    label: email,
    secret: totpSecret,
    algorithm: 'SHA1',
    digits: 6,
    period: CODE_PERIOD_SECONDS,
  });
}

/**
 * Checks a password and then a one-time code, each against its person's count of failures.
 *
 * A failure is counted before anything is compared and taken back afterwards, so that guesses sent at
 * once can't all run before the first of them is counted.
 */
export function createSignIn(people: readonly Person[], store: IdentityStore, now: () => Date) {
  const secretOf = ({ sub, totpSecret }: Person) => totpSecret ?? store.authenticator(sub);
  return {
    /** A secret for an app that the person has yet to set up; undefined where there is one. */
    secretToSetUp(person: Person): string | undefined {
      return secretOf(person) === undefined ? new Secret({ size: 20 }).base32 : undefined;
    },

    async checkPassword(email: string, password: string): Promise<SignInOutcome> {
      const person = people.find((candidate) => candidate.email === email.trim().toLowerCase());
      const blocked = person && countFailure(person);
      if (blocked) return blocked;
      const matches = await passwordMatches(person, password);
      if (person === undefined || !matches) return { kind: 'refused' };
      const attempts = store.attempts(person.sub);
      store.recordAttempts(person.sub, { ...attempts, failures: attempts.failures - 1, blockedUntil: 0 });
      return { kind: 'accepted', person };
    },

    /**
     * Takes a code of the current period or its neighbours, each once; ends the count of failures.
     * @param offered the secret of an app that is being set up, which from then on is the person's; it is not
     *   looked at where there is one already
     */
    checkCode(sub: string, code: string, offered?: string): SignInOutcome {
      const person = people.find((candidate) => candidate.sub === sub);
      const secret = person && (secretOf(person) ?? offered);
      if (person === undefined || secret === undefined) return { kind: 'refused' };
      const blocked = countFailure(person);
      if (blocked) return blocked;
      const delta = authenticatorOf(person, secret).validate({
        token: code.replaceAll(/\s/g, ''),
        timestamp: now().getTime(),
        window: 1,
      });
      if (delta === null) return { kind: 'refused' };
      const codeStep = Math.floor(now().getTime() / 1000 / CODE_PERIOD_SECONDS) + delta;
      if (codeStep <= store.attempts(sub).codeStep) return { kind: 'refused' };
      store.recordAttempts(sub, { failures: 0, blockedUntil: 0, codeStep });
      if (secretOf(person) === undefined) store.setUpAuthenticator(sub, secret);
      return { kind: 'accepted', person };
    },
  };

  function countFailure(person: Person): SignInOutcome | undefined {
    const attempts = store.attempts(person.sub);
    const waitMs = attempts.blockedUntil - now().getTime();
    if (waitMs > 0) return { kind: 'blocked', retryAfterSeconds: Math.ceil(waitMs / 1000) };
    const failures = attempts.failures + 1;
    const blockedUntil = now().getTime() + blockSeconds(failures) * 1000;
    store.recordAttempts(person.sub, { ...attempts, failures, blockedUntil });
    return undefined;
  }
}

function blockSeconds(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(FIRST_BLOCK_SECONDS * 2 ** (failures - FREE_FAILURES), LONGEST_BLOCK_SECONDS);
}
