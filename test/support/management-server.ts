import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ManagementRoute, signedKey } from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import type { TestClaims, TestManagement } from './management.ts';

export interface ManagementServer {
  readonly url: string;
  close(): Promise<void>;
}

const KEYS = (ROUTES as readonly ManagementRoute[]).flatMap((route) => [
  route.key,
  ...(route.configures ? [signedKey(route)] : []),
]);
const PATTERNS = KEYS.map(
  (key) => new RegExp(`^${key.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`),
);

/** A test's management API, over HTTP. @param claimsOf whom a token is of; a signed request is of a principal of AWS */
export async function startManagementServer(
  management: TestManagement,
  claimsOf: (token: string) => TestClaims | undefined,
): Promise<ManagementServer> {
  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const call = `${request.method} ${pathname}`;
    const body = await text(request);
    const { authorization = '', ...others } = request.headers;
    const token = /^Bearer (.+)$/.exec(authorization)?.[1];
    const claims = token === undefined ? undefined : claimsOf(token);
    const isOpen = /\.well-known|openapi\.json$/.test(pathname);
    const isSigned = authorization.startsWith('AWS4-HMAC-SHA256 ');
    if (claims === undefined && !isOpen && !isSigned)
      return void response.writeHead(401).end('{"message":"Unauthorized"}');
    if (!PATTERNS.some((pattern) => pattern.test(call)))
      return void response.writeHead(404).end('{"message":"Not Found"}');
    const answer = await management.call(call, {
      ...(isSigned ? { principal: 'arn:aws:iam::000000000000:role/backend' } : { claims: claims ?? {} }),
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(
        Object.entries(others).filter(([name]) => /^(idempotency|if-)/.test(name)),
      ) as Record<string, string>,
      ...(body !== '' && { text: body }),
    });
    response.writeHead(answer.status, answer.headers as OutgoingHttpHeaders).end(answer.text);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
