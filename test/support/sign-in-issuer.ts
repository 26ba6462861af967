import { createHash, randomUUID } from 'node:crypto';
import { startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

/** An issuer at which people sign in: code with PKCE, rotating refresh tokens, and revocation. */
export interface SignInIssuer extends TokenIssuer {
  /** What it says of whoever signs in or is asked about next, in both tokens. */
  person: Record<string, unknown>;
  /** Whom it gives nothing any more: the code that its token endpoint refuses by. */
  refuses: string | undefined;
  /** Makes its access tokens texts that only it can read, and its answers say no more of how long they are good. */
  opaque: boolean;
  /** Whether it gives refresh tokens. */
  refreshes: boolean;
  /** Where the browser is sent back to, from where it was sent, by who has signed in. */
  signIn(sentTo: string): URL;
}

export const PORTAL_CLIENT = { id: 'portal', secret: 'the secret of the portal' } as const;
const SECONDS = 300;

interface Code {
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
}

/** All sign-ins of its one browser are of one grant, which ends with any of its refresh tokens (RFC 7009, 2.1). */
export async function startSignInIssuer(): Promise<SignInIssuer> {
  const codes = new Map<string, Code>();
  const refreshTokens = new Set<string>();
  const refuse = (error: string) => ({ status: 400, body: { error } });
  const proof = `Basic ${btoa(`${PORTAL_CLIENT.id}:${encodeURIComponent(PORTAL_CLIENT.secret).replaceAll('%20', '+')}`)}`;

  const issuer = await startTokenIssuer({
    authorization: async () => ({ status: 500, body: {} }),
    end_session: async () => ({ status: 500, body: {} }),
    async token(form, authorization) {
      if (authorization !== proof) return refuse('invalid_client');
      if (own.refuses !== undefined) return refuse(own.refuses);
      const code = codes.get(form.get('code') ?? '');
      codes.delete(form.get('code') ?? '');
      const isGood =
        form.get('grant_type') === 'refresh_token'
          ? refreshTokens.delete(form.get('refresh_token') ?? '')
          : code?.redirectUri === form.get('redirect_uri') &&
            code?.challenge ===
              createHash('sha256')
                .update(form.get('code_verifier') ?? '')
                .digest('base64url');
      return isGood ? { status: 200, body: await tokens(code?.nonce) } : refuse('invalid_grant');
    },
    async revocation(form) {
      if (refreshTokens.has(form.get('token') ?? '')) refreshTokens.clear();
      return { status: 200, body: {} };
    },
  });

  async function tokens(nonce: string | undefined): Promise<object> {
    const iat = Math.floor(Date.now() / 1000);
    const common = { iss: issuer.issuer, iat, exp: iat + SECONDS, ...own.person };
    const refreshToken = randomUUID();
    if (own.refreshes) refreshTokens.add(refreshToken);
    const access = { ...common, aud: 'keywright', scope: 'openid' };
    return {
      token_type: 'Bearer',
      access_token: own.opaque ? randomUUID() : await issuer.sign(access),
      id_token: await issuer.sign({ ...common, aud: PORTAL_CLIENT.id, nonce }, { typ: 'JWT' }),
      ...(own.refreshes && { refresh_token: refreshToken }),
      ...(!own.opaque && { expires_in: SECONDS }),
    };
  }

  const own: SignInIssuer = Object.assign(issuer, {
    person: {},
    refuses: undefined,
    opaque: false,
    refreshes: true,
    signIn(sentTo: string) {
      const asked = new URL(sentTo).searchParams;
      const [redirectUri, code] = [asked.get('redirect_uri') ?? '', randomUUID()];
      const [nonce, challenge] = [asked.get('nonce') ?? '', asked.get('code_challenge') ?? ''];
      codes.set(code, { nonce, challenge, redirectUri });
      const back = new URL(redirectUri);
      back.search = String(new URLSearchParams({ code, state: asked.get('state') ?? '' }));
      return back;
    },
  });
  return own;
}
