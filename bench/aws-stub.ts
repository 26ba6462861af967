import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/**
 * Answers AWS JSON calls with fixed texts, by operation, as fast as Node can: what both sides of a
 * comparison call, so that only they differ. Runs in a process of its own, counts calls, and says its port.
 */
const { answers, tls } = (await once(process, 'message'))[0] as {
  readonly answers: Readonly<Record<string, string>>;
  readonly tls?: { readonly cert: string; readonly key: string };
};
const counts = new Map<string, number>();

const listener: RequestListener = (request, response) => {
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  request.resume().on('end', () => {
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    const answer = answers[operation] ?? '{}';
    response.writeHead(200, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(answer),
    });
    response.end(answer);
  });
};
const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.on('message', () => {
  process.send?.(Object.fromEntries(counts));
  counts.clear();
});
process.send?.((server.address() as AddressInfo).port);
