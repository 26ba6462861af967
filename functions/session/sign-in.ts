import * as z from 'zod';
import { nameFor, setCookie, valuesOf } from '../../core/domain/people/session-cookie.ts';
import type { Pending } from './issuer.ts';

/** A sign-in under way, as the browser that began it keeps it. */
export interface SignInUnderWay extends Pending {
  /** A path of the portal. */
  readonly returnTo: string;
  /** Milliseconds since 1970. */
  readonly beganAt: number;
  /** The session that the new one takes the place of. */
  readonly replaces?: string | undefined;
  /** Who is to confirm who that is; undefined for a sign-in of whoever it is. */
  readonly confirms?: string | undefined;
}

const underWay = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  beganAt: z.number(),
  replaces: z.string().optional(),
  confirms: z.string().optional(),
});

export const LONGEST_SIGN_IN_SECONDS = 10 * 60;
/** Of what is begun and left: a browser's headers may measure 10 KB here. */
const MOST_UNDER_WAY = 4;

/**
 * The cookies that note a sign-in. Lax, since the way back from the issuer leads over another site, from where no
 * Strict cookie comes along. Nobody else can read or set it; and what it says is believed of its own browser alone.
 * @param names what its name may begin with
 */
export function noteSignIn(
  signIn: SignInUnderWay,
  {
    names,
    cookies,
    userAgent,
  }: { names: readonly string[]; cookies: readonly string[]; userAgent: string | undefined },
): string[] {
  const value = Buffer.from(JSON.stringify(signIn)).toString('base64url');
  const name = nameFor(names, userAgent) + tagOf(signIn.state);
  const left = namesIn(cookies, names);
  return [
    ...(left.length < MOST_UNDER_WAY ? [] : left.map(forget)),
    setCookie(name, value, { seconds: LONGEST_SIGN_IN_SECONDS, sameSite: 'Lax' }),
  ];
}

/** The sign-in that a callback with this `state` ends, and the cookie that takes the note of it away. */
export function noted(
  state: string,
  cookies: readonly string[],
  names: readonly string[],
): { readonly signIn: SignInUnderWay; readonly cookie: string } | undefined {
  for (const prefix of names) {
    const name = prefix + tagOf(state);
    for (const value of valuesOf(cookies, name)) {
      const signIn = parsed(value);
      if (signIn !== undefined && signIn.state === state) return { signIn, cookie: forget(name) };
    }
  }
  return undefined;
}

function parsed(value: string): SignInUnderWay | undefined {
  try {
    return underWay.parse(JSON.parse(Buffer.from(value, 'base64url').toString()));
  } catch {
    return undefined;
  }
}

function forget(name: string): string {
  return setCookie(name, '', { seconds: 0, sameSite: 'Lax' });
}

function namesIn(cookies: readonly string[], names: readonly string[]): string[] {
  const own = cookies.map((cookie) => cookie.slice(0, cookie.indexOf('=')));
  return own.filter((name) => names.some((prefix) => name.startsWith(prefix)));
}

/** Of a `state` as much as tells two sign-ins apart, in characters that a cookie's name may have. */
function tagOf(state: string): string {
  return state.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 8);
}
