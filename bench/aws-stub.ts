import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * Answers AWS JSON calls with fixed texts, by operation, as fast as Node can: what both sides of a
 * comparison call, so that only they differ. Runs in a thread of its own, counts calls, and says its port.
 */
const answers = workerData as Readonly<Record<string, string>>;
const counts = new Map<string, number>();

const server = createServer((request, response) => {
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
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
parentPort?.on('message', () => {
  parentPort?.postMessage(Object.fromEntries(counts));
  counts.clear();
});
parentPort?.postMessage((server.address() as AddressInfo).port);
