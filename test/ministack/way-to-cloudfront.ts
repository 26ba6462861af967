import { createServer, type RequestListener, request as requestTo } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { selfSignedCertificate } from '../../bench/self-signed-certificate.ts';
import { close, listen } from '../../emulator/listen.ts';
import type { MiniStack } from './ministack.ts';

/** What browsers lack to come to CloudFront by its name: a name server, and TLS, which MiniStack has behind it alone. */
export interface Way {
  /** A proxy, for `BrowserContextOptions`. */
  readonly proxy: { readonly server: string; readonly bypass: string };
  close(): Promise<void>;
}

/** A proxy that leads every host name of `https` to MiniStack, where it finds the distribution of that name. */
export async function openWay(aws: MiniStack, host: string): Promise<Way> {
  const tls = createTlsServer(selfSignedCertificate(host), passedOnTo(aws));
  const proxy = createServer((_request, response) => response.writeHead(502).end());
  proxy.on('connect', (_request, socket) => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    tls.emit('connection', socket);
  });
  const port = await listen(proxy, 0);
  return {
    // The issuer is on this machine.
    proxy: { server: `http://127.0.0.1:${port}`, bypass: 'localhost' },
    async close() {
      tls.closeAllConnections();
      await close(proxy);
    },
  };
}

function passedOnTo({ url }: MiniStack): RequestListener {
  const { hostname, port } = new URL(url);
  return (incoming, response) => {
    const { method, url: path, headers } = incoming;
    const sent = { ...headers, 'x-forwarded-proto': 'https' };
    const outgoing = requestTo({ hostname, port, method, path, headers: sent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    outgoing.once('error', () => response.destroy());
    incoming.pipe(outgoing);
  };
}
