import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oidc from 'openid-client';
import { EXIT, Exit, usage } from './exit.ts';
import type { Tokens } from './token-store.ts';

/** Registered with the issuer as `http://localhost:<port>/callback`; tried in turn. */
const CALLBACK_PORTS = [8976, 8977, 8978];
const LONGEST_SIGN_IN_MILLISECONDS = 5 * 60_000;
const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])$/;

export interface Client {
  readonly issuer: string;
  readonly clientId: string;
}

/**
 * Signs a person in by the browser: authorization code with PKCE and a redirect to this machine
 * (RFC 8252, 7.3; RFC 7636).
 * @param show is given the address to open
 */
export async function signIn(client: Client, show: (url: string) => void): Promise<Tokens> {
  const config = await discovered(client);
  const server = await listening();
  try {
    const { port } = server.address() as AddressInfo;
    const verifier = oidc.randomPKCECodeVerifier();
    const state = oidc.randomState();
    const scopes = config.serverMetadata().scopes_supported ?? [];
    const offline = scopes.includes('offline_access');
    const parameters = {
      redirect_uri: `http://localhost:${port}/callback`,
      scope: [
        'openid',
        ...(scopes.includes('email') ? ['email'] : []),
        ...(offline ? ['offline_access'] : []),
      ].join(' '),
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      // Without it a refresh token is not given (OpenID Connect Core, 11).
      ...(offline && { prompt: 'consent' }),
    };
    show(oidc.buildAuthorizationUrl(config, parameters).href);
    const callback = await redirected(server, port);
    const checks = { pkceCodeVerifier: verifier, expectedState: state };
    return tokensOf(await oidc.authorizationCodeGrant(config, callback, checks));
  } catch (error) {
    throw failed(error);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Where the issuer has it (RFC 8628). @param show is given the address and the code to type there */
export async function signInByDevice(
  client: Client,
  show: (url: string, code: string) => void,
): Promise<Tokens> {
  const config = await discovered(client);
  if (config.serverMetadata().device_authorization_endpoint === undefined) {
    throw usage(
      `${client.issuer} has no sign-in by device (Amazon Cognito has none): leave out --device, or give a token in KEYWRIGHT_TOKEN`,
    );
  }
  try {
    const started = await oidc.initiateDeviceAuthorization(config, { scope: 'openid offline_access' });
    show(started.verification_uri_complete ?? started.verification_uri, started.user_code);
    return tokensOf(await oidc.pollDeviceAuthorizationGrant(config, started));
  } catch (error) {
    throw failed(error);
  }
}

/** Undefined where the sign-in is over. */
export async function refreshed(client: Client, refreshToken: string): Promise<Tokens | undefined> {
  const config = await discovered(client);
  try {
    const answer = await oidc.refreshTokenGrant(config, refreshToken);
    return { refreshToken, ...tokensOf(answer) };
  } catch (error) {
    if (error instanceof oidc.ResponseBodyError) return undefined;
    throw failed(error);
  }
}

/** Ends the sign-in at the issuer, as far as it lets one. */
export async function revoke(client: Client, { refreshToken, accessToken }: Tokens): Promise<void> {
  const config = await discovered(client);
  if (config.serverMetadata().revocation_endpoint !== undefined)
    await oidc.tokenRevocation(config, refreshToken ?? accessToken);
}

async function discovered({ issuer, clientId }: Client): Promise<oidc.Configuration> {
  const isLocal = LOCAL.test(new URL(issuer).hostname);
  const options = isLocal ? { execute: [oidc.allowInsecureRequests] } : {};
  try {
    return await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), options);
  } catch (error) {
    throw new Exit(EXIT.unavailable, `the issuer ${issuer} does not answer: ${(error as Error).message}`);
  }
}

function tokensOf(answer: oidc.TokenEndpointResponse): Tokens {
  const seconds = answer.expires_in ?? 300;
  return {
    accessToken: answer.access_token,
    ...(answer.refresh_token !== undefined && { refreshToken: answer.refresh_token }),
    expiresAt: new Date(Date.now() + seconds * 1000).toISOString(),
  };
}

async function listening(): Promise<Server> {
  for (const port of CALLBACK_PORTS) {
    const server = createServer().listen(port, '127.0.0.1');
    const outcome = await Promise.race([once(server, 'listening'), once(server, 'error')]).catch(
      () => undefined,
    );
    if (server.listening && outcome !== undefined) return server;
  }
  throw new Exit(EXIT.unavailable, `The ports ${CALLBACK_PORTS.join(', ')} of this machine are all taken`);
}

const PAGE = (text: string) =>
  `<!doctype html><meta charset="utf-8"><title>Keywright</title><p style="font:1.2rem system-ui;margin:3rem">${text}</p>`;

/** The address that the issuer sends the browser back to. */
async function redirected(server: Server, port: number): Promise<URL> {
  const signal = AbortSignal.timeout(LONGEST_SIGN_IN_MILLISECONDS);
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () =>
      reject(new Exit(EXIT.signedOut, 'Nobody signed in within five minutes')),
    );
    server.on('request', ({ url = '' }, response) => {
      const target = URL.parse(url, `http://localhost:${port}`);
      if (target?.pathname !== '/callback') return void response.writeHead(404).end();
      const failed = target.searchParams.has('error');
      const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
      response.writeHead(failed ? 400 : 200, { ...headers, connection: 'close' });
      response.end(PAGE(failed ? 'You were not signed in.' : 'You are signed in. You may close this page.'));
      resolve(target);
    });
  });
}

function failed(error: unknown): Error {
  if (error instanceof Exit) return error;
  const { error: code, error_description: text, message } = error as Record<string, string>;
  return new Exit(EXIT.signedOut, `You were not signed in: ${text ?? code ?? message}`);
}
