/** What an API demands of a token. */
export interface TokenRequirement {
  readonly issuer: string;
  readonly audience: string;
  readonly requiredScopes: readonly string[];
}

/**
 * What is wrong with a token, as far as it says so itself, or when it ends. Its signature is the API's to check.
 * @param now milliseconds since 1970
 */
export function tokenProblem(token: string, requirement: TokenRequirement, now: number): string | undefined {
  const claims = claimsOf(token);
  if (claims === undefined) return 'This is no JSON Web Token.';
  const { exp, iss, aud, scope, scp } = claims;
  if (typeof exp === 'number' && exp * 1000 <= now) return 'It has ended: get a new one.';
  if (iss !== requirement.issuer) return `It is of another issuer; expected ${requirement.issuer}.`;
  if (![aud].flat().includes(requirement.audience))
    return `It is for another audience; expected ${requirement.audience}.`;
  const scopes = [scope, scp].flatMap((value) =>
    typeof value === 'string' ? value.split(' ') : [value].flat(),
  );
  const missing = requirement.requiredScopes.filter((each) => !scopes.includes(each));
  return missing.length === 0 ? undefined : `It lacks the scope ${missing.join(' ')}.`;
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token.trim()) ?? [];
  if (payload === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
