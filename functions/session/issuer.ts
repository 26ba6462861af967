import * as oidc from 'openid-client';
import type { Claims } from '../../core/domain/people/person.ts';
import { readClaims } from '../../core/domain/people/session.ts';
import type { PersonTokens } from '../../core/oauth/person-tokens.ts';

/** Who the portal is at the issuer, and what it asks for. */
export interface PortalClient {
  /** `iss`; `http` for loopback alone. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: () => Promise<string>;
  readonly scopes: string;
  /** `acr_values` of a sign-in that is to confirm who somebody is; empty for none. */
  readonly stepUpAcrValues: string;
}

/** What of a sign-in is kept by the browser until it is back. */
export interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What the issuer says of a person. */
export interface Tokens {
  readonly claims: Claims;
  readonly refreshToken: string | undefined;
  readonly tokenEndsAt: Date | undefined;
}

/** The issuer did not do what was asked: the person cancelled, a code was old, a token is withdrawn. */
export class IssuerRefusal extends Error {
  /** OAuth's error code. */
  readonly code: string;

  constructor(code: string) {
    super(`the issuer answered ${code}`);
    this.code = code;
  }
}

const TIMEOUT_SECONDS = 5;
/** openid-client's codes for an issuer that did not answer, or not as one does: nobody was refused anything. */
const UNANSWERED: readonly unknown[] = [
  'OAUTH_TIMEOUT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
];
/** As errors are registered for OAuth; what else a browser brings back is nothing to be logged. */
const CODE = /^[a-z_]{1,40}$/;
/** How long what the issuer publishes of itself, and the client secret, are used. */
const KEPT_MILLISECONDS = 5 * 60_000;

/**
 * Signs people in at an OpenID Connect issuer, as a confidential client: authorization code with PKCE (RFC 7636),
 * `state` and `nonce`.
 */
export class Issuer {
  readonly #client: PortalClient;
  readonly #tokens: Pick<PersonTokens, 'read'>;
  readonly #now: () => number;
  #kept: { readonly configuration: Promise<oidc.Configuration>; readonly at: number } | undefined;

  constructor(client: PortalClient, tokens: Pick<PersonTokens, 'read'>, now: () => number) {
    this.#client = client;
    this.#tokens = tokens;
    this.#now = now;
  }

  /**
   * Where a browser goes to sign in, and what its cookie keeps meanwhile.
   * @param stepUp asks anew even who is signed in there, who is to be this person
   */
  async begin(
    redirectUri: string,
    stepUp?: { readonly loginHint: string | null },
  ): Promise<{ readonly url: URL; readonly pending: Pending }> {
    const configuration = await this.#configuration();
    const pending = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
    };
    const { scopes: scope, stepUpAcrValues } = this.#client;
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
      ...(stepUp && { prompt: 'login', max_age: '0' }),
      ...(stepUp && stepUpAcrValues !== '' && { acr_values: stepUpAcrValues }),
      ...(stepUp?.loginHint && { login_hint: stepUp.loginHint }),
    });
    return { url, pending };
  }

  /**
   * What the issuer says of who comes back.
   * @param url of the callback as the browser called it
   * @throws IssuerRefusal; another Error where the issuer does not answer
   */
  async finish(url: URL, { state, nonce, verifier }: Pending): Promise<Tokens> {
    const configuration = await this.#configuration();
    return this.#tokensOf(
      oidc.authorizationCodeGrant(configuration, url, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      }),
    );
  }

  /**
   * What the issuer says of a person now.
   * @throws IssuerRefusal where it says nothing any more
   */
  async renew(refreshToken: string): Promise<Tokens> {
    return this.#tokensOf(oidc.refreshTokenGrant(await this.#configuration(), refreshToken));
  }

  /** Makes a refresh token worthless, where the issuer can do that. */
  async revoke(refreshToken: string): Promise<void> {
    const configuration = await this.#configuration();
    if (configuration.serverMetadata().revocation_endpoint !== undefined)
      await oidc.tokenRevocation(configuration, refreshToken);
  }

  /** Where a browser goes to sign out at the issuer too; undefined where that has no place for it. */
  async signOutUrl(returnTo: string): Promise<string | undefined> {
    const configuration = await this.#configuration();
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    // Cognito has a name of its own for where to go from there.
    const url = oidc.buildEndSessionUrl(configuration, {
      post_logout_redirect_uri: returnTo,
      logout_uri: returnTo,
    });
    return url.href;
  }

  async #tokensOf(
    granting: Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers>,
  ): Promise<Tokens> {
    const granted = await granting.catch((error: unknown) => {
      throw faultOf(error);
    });
    const access = await this.#tokens.read(granted.access_token);
    // An ID token came from the issuer itself and its checks are done; what the access token says goes before it.
    const identity = granted.claims();
    const claims = { ...readClaims({ ...identity }), ...readClaims({ ...access?.claims }) };
    const seconds = granted.expiresIn();
    const said = seconds === undefined ? identity && identity.exp * 1000 : this.#now() + seconds * 1000;
    const endsAt = access?.expiresAt ?? said;
    return {
      claims,
      refreshToken: granted.refresh_token,
      tokenEndsAt: endsAt === undefined ? undefined : new Date(endsAt),
    };
  }

  #configuration(): Promise<oidc.Configuration> {
    const age = this.#now() - (this.#kept?.at ?? Number.NEGATIVE_INFINITY);
    if (this.#kept !== undefined && age >= 0 && age < KEPT_MILLISECONDS) return this.#kept.configuration;
    const configuration = this.#discover();
    this.#kept = { configuration, at: this.#now() };
    configuration.catch(() => {
      if (this.#kept?.configuration === configuration) this.#kept = undefined;
    });
    return configuration;
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#client;
    const secret = await clientSecret();
    const server = new URL(issuer);
    const isLoopback = server.protocol === 'http:';
    const found = await oidc.discovery(server, clientId, undefined, oidc.ClientSecretBasic(secret), {
      timeout: TIMEOUT_SECONDS,
      ...(isLoopback && { execute: [oidc.allowInsecureRequests] }),
    });
    const metadata = found.serverMetadata();
    const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    if (methods.includes('client_secret_basic')) return found;
    const posting = new oidc.Configuration(metadata, clientId, undefined, oidc.ClientSecretPost(secret));
    posting.timeout = TIMEOUT_SECONDS;
    if (isLoopback) oidc.allowInsecureRequests(posting);
    return posting;
  }
}

/** Without what it came of, which may hold tokens and would be logged with it. */
function faultOf(error: unknown): unknown {
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError)
    return new IssuerRefusal(CODE.test(error.error) ? error.error : 'invalid_response');
  if (!(error instanceof oidc.ClientError)) return error;
  return UNANSWERED.includes(error.code)
    ? new Error(`the issuer did not answer as one does: ${error.code}`)
    : new IssuerRefusal('invalid_response');
}
