import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';

/** An OpenID Connect issuer that publishes one RSA key, and counts who asks for what. */
export interface TokenIssuer {
  readonly issuer: string;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  /** While true, the issuer answers 503. */
  down: boolean;
  /** The public key as PEM, as an attacker has it. */
  readonly publicKeyPem: string;
  sign(claims: object, header?: object): Promise<string>;
  close(): Promise<void>;
}

const KID = 'key-1';

/** What an endpoint is sent, and answers. */
export type Endpoint = (
  form: URLSearchParams,
  authorization: string | undefined,
) => Promise<{ readonly status: number; readonly body: object }>;

/** @param endpoints what it serves beside its key, by path; discovery names each `<name>_endpoint` */
export async function startTokenIssuer(
  endpoints: Readonly<Record<string, Endpoint>> = {},
): Promise<TokenIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: KID, alg: 'RS256', use: 'sig' };
  const requests: string[] = [];
  const metadata = () => ({
    issuer: state.issuer,
    jwks_uri: `${state.issuer}/jwks`,
    ...Object.fromEntries(
      Object.keys(endpoints).map((name) => [`${name}_endpoint`, `${state.issuer}/${name}`]),
    ),
  });
  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const { url = '', headers } = request;
    requests.push(url);
    if (state.down) return void response.writeHead(503).end();
    const answers: Record<string, object> = {
      '/.well-known/openid-configuration': metadata(),
      '/jwks': { keys: [jwk] },
    };
    const form = async () => new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    const { status, body } = (await endpoints[url.slice(1)]?.(await form(), headers.authorization)) ?? {
      status: 200,
      body: answers[url] ?? {},
    };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const state = issuerState(server, requests, privateKey, await exportSPKI(publicKey));
  return state;
}

function issuerState(
  server: Server,
  requests: string[],
  privateKey: CryptoKey,
  publicKeyPem: string,
): TokenIssuer {
  return {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    down: false,
    publicKeyPem,
    sign: (claims, header = {}) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: KID, typ: 'at+jwt', ...header })
        .sign(privateKey),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
