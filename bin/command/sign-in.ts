import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
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
    const { callback, tell } = await redirected(server, port, state);
    const checks = { pkceCodeVerifier: verifier, expectedState: state };
    return await toldOf(tell, oidc.authorizationCodeGrant(config, callback, checks));
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

/** What the browser came back with, and what writes the page that it then shows. */
interface Redirected {
  readonly callback: URL;
  readonly tell: (status: number, text: string) => Promise<void>;
}

/** The page says what became of the sign-in, which is known once its code was exchanged. */
async function toldOf(tell: Redirected['tell'], grant: Promise<oidc.TokenEndpointResponse>): Promise<Tokens> {
  try {
    const tokens = tokensOf(await grant);
    await tell(200, 'You are signed in. You may close this page.');
    return tokens;
  } catch (error) {
    const told = failed(error);
    await tell(400, `${told.message}. Run keywright login again.`);
    throw told;
  }
}

async function page(response: ServerResponse, status: number, text: string): Promise<void> {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  response.writeHead(status, { ...headers, connection: 'close' });
  // What the issuer says may hold anything.
  const escaped = text.replaceAll(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const shown = new Promise((resolve) => response.once('close', resolve));
  response.end(
    `<!doctype html><meta charset="utf-8"><title>Keywright</title><p style="font:1.2rem system-ui;margin:3rem">${escaped}</p>`,
  );
  await shown;
}

const NOT_OURS = 'This is no answer to the sign-in that waits here, which goes on.';

/** The address that the issuer sends the browser back to. Whoever does not know our state ends nothing. */
async function redirected(server: Server, port: number, state: string): Promise<Redirected> {
  const signal = AbortSignal.timeout(LONGEST_SIGN_IN_MILLISECONDS);
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () =>
      reject(new Exit(EXIT.signedOut, 'Nobody signed in within five minutes')),
    );
    let isAnswered = false;
    server.on('request', ({ url = '' }, response) => {
      const callback = URL.parse(url, `http://localhost:${port}`);
      if (callback?.pathname !== '/callback') return void response.writeHead(404).end();
      if (isAnswered || callback.searchParams.get('state') !== state)
        return void page(response, 400, NOT_OURS);
      isAnswered = true;
      resolve({ callback, tell: (status, text) => page(response, status, text) });
    });
  });
}

function failed(error: unknown): Error {
  if (error instanceof Exit) return error;
  const { error: code, error_description: text, message } = error as Record<string, string>;
  return new Exit(EXIT.signedOut, `You were not signed in: ${text ?? code ?? message}`);
}
