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

export async function startTokenIssuer(): Promise<TokenIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: KID, alg: 'RS256', use: 'sig' };
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (state.down) return void response.writeHead(503).end();
    const answers: Record<string, object> = {
      '/.well-known/openid-configuration': { issuer: state.issuer, jwks_uri: `${state.issuer}/jwks` },
      '/jwks': { keys: [jwk] },
    };
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(answers[request.url ?? ''] ?? {}));
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
