import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AttributeMap, toAttributes } from '../core/store/attribute-value.ts';
import type { ItemKey } from '../core/store/item-keys.ts';
import { TABLE } from './request-plane.ts';

export type Health = 'up' | 'down' | 'slow' | 'throttled' | 'flapping';

/** A dependency on a port of its own, and how it feels. */
export interface FaultyService {
  readonly url: string;
  health: Health;
  close(): Promise<void>;
}

/** Longer than anyone has patience for. */
const SLOW_MILLISECONDS = 5000;

/** @param respond gives the answer of a request that the service is well enough for, as JSON */
async function startService(
  respond: (request: IncomingMessage, body: string) => object,
): Promise<FaultyService> {
  const timers = new Set<NodeJS.Timeout>();
  let requests = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      requests += 1;
      const { health } = service;
      if (health === 'down' || (health === 'flapping' && requests % 2 === 0)) return request.socket.destroy();
      if (health === 'throttled') return throttle(response);
      const answer = () => response.end(JSON.stringify(respond(request, body)));
      if (health !== 'slow') return answer();
      const timer = setTimeout(() => timers.delete(timer) && answer(), SLOW_MILLISECONDS);
      return timers.add(timer);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const service: FaultyService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    health: 'up',
    async close() {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return service;
}

function throttle(response: ServerResponse): void {
  response.writeHead(400).end(JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' }));
}

/** A DynamoDB that reads batches of what is put into it, whatever table that is in, and takes every write for done. */
export async function startDynamoDb(): Promise<FaultyService & { put(key: ItemKey, item: object): void }> {
  const items = new Map<string, AttributeMap>();
  const placeOf = ({ pk, sk }: { pk?: { S: string }; sk?: { S: string } }) => `${pk?.S} ${sk?.S}`;
  const service = await startService((_, body) => {
    const { RequestItems } = JSON.parse(body) as {
      RequestItems?: Record<string, { Keys: { pk: { S: string }; sk: { S: string } }[] }>;
    };
    const found = Object.values(RequestItems ?? {})
      .flatMap(({ Keys }) => Keys.map((key) => items.get(placeOf(key))))
      .filter((item) => item !== undefined);
    return { Responses: { [TABLE]: found }, UnprocessedKeys: {} };
  });
  return Object.assign(service, {
    put: (key: ItemKey, item: object) =>
      void items.set(`${key.pk} ${key.sk}`, toAttributes({ ...key, ...item })),
  });
}

export async function startSecretsManager(secret: string): Promise<FaultyService> {
  return startService(() => ({ SecretString: secret }));
}

/** An OpenID Connect issuer with one signing key, and a token of it. */
export async function startIssuer(claims: object): Promise<FaultyService & { readonly token: string }> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' };
  const service: FaultyService = await startService(({ url }) =>
    url === '/jwks' ? { keys: [jwk] } : { issuer: service.url, jwks_uri: `${service.url}/jwks` },
  );
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = Math.floor(Date.now() / 1000);
  const text = [
    part({ alg: 'RS256', kid: 'bench', typ: 'at+jwt' }),
    part({ ...claims, iss: service.url, iat: seconds, exp: seconds + 3600 }),
  ].join('.');
  const token = `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  return Object.assign(service, { token });
}
