import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server does with one request. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, body: string) => void;

interface HostileRequest {
  /** Method and path. */
  readonly call: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface HostileServer {
  readonly url: string;
  readonly requests: readonly HostileRequest[];
  close(): Promise<void>;
}

/** A server that treats its n-th request by the n-th behaviour, and the last one ever after. */
export async function startHostileServer(...behaviours: Behaviour[]): Promise<HostileServer> {
  const requests: HostileRequest[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const behave = behaviours[Math.min(requests.length, behaviours.length - 1)];
      requests.push({ call: `${request.method} ${request.url}`, headers: request.headers, body });
      behave?.(request, response, body);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const answer =
  (status: number, body: string, headers: Record<string, string> = {}): Behaviour =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);

/** An error as AWS's JSON services answer it. */
export const refusal = (status: number, type: string, headers = {}, fields = {}): Behaviour =>
  answer(status, JSON.stringify({ __type: `com.amazon#${type}`, message: 'refused', ...fields }), headers);

export const silence: Behaviour = () => undefined;
export const reset: Behaviour = (request) => void request.socket.destroy();

/** Says that more will come than does before it hangs up. */
export const truncated: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"It', () => response.socket?.destroy());
};

/** Begins an answer and never ends it. */
export const trickling: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"It');
};

/** An answer of so many bytes, and valid JSON. */
export const oversized = (bytes: number): Behaviour =>
  answer(200, `{"Item":{"text":{"S":"${'x'.repeat(bytes)}"}}}`);
