import type { TokenRequirement } from './token-problem.ts';

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * A token by client credentials (RFC 6749, 4.4), from the browser straight to the issuer.
 * @throws Error with a sentence for the person
 */
export async function fetchToken(
  { issuer, requiredScopes }: TokenRequirement,
  { clientId, clientSecret }: ClientCredentials,
): Promise<string> {
  const endpoint = await tokenEndpoint(issuer);
  const encode = (text: string) => encodeURIComponent(text).replaceAll('%20', '+');
  const response = await askIssuer(endpoint, {
    method: 'POST',
    headers: {
      // RFC 6749, 2.3.1: both are form-encoded first.
      authorization: `Basic ${btoa(`${encode(clientId)}:${encode(clientSecret)}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      ...(requiredScopes.length > 0 && { scope: requiredScopes.join(' ') }),
    }).toString(),
  });
  const body = Object(await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
  if (response.ok && typeof body.access_token === 'string') return body.access_token;
  throw new Error(`The issuer refused: ${String(body.error_description ?? body.error ?? response.status)}`);
}

/** OpenID Connect Discovery 1.0, 4. */
async function tokenEndpoint(issuer: string): Promise<string> {
  const response = await askIssuer(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {});
  const { token_endpoint: endpoint } = Object(await response.json().catch(() => ({}))) as {
    token_endpoint?: unknown;
  };
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint))
    throw new Error('The issuer does not say where its tokens are');
  return endpoint;
}

async function askIssuer(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, {
      ...init,
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
  } catch {
    throw new Error(
      'The issuer could not be asked from this page: it may not answer to pages, or the operator has not named it in portal.apiOrigins. Get a token in a program, and paste it',
    );
  }
}
