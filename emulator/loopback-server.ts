import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';

/**
 * How long a connection may be idle. After Node's own five seconds a client that a busy machine holds up sends its next
 * request into a connection that was just closed.
 */
const IDLE_MILLISECONDS = 60_000;

/** What this machine calls itself, as browsers write it; a name that a name server answers for is none of them. */
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The only way in which a server of this machine is made: it answers for loopback names with its own port,
 * and refuses every other name. A web page whose name is made to lead to 127.0.0.1 (DNS rebinding) is of this
 * origin to a browser, but it can't send another name than its own.
 */
export function loopbackServer(options: ServerOptions, listener: RequestListener): Server {
  return createServer({ keepAliveTimeout: IDLE_MILLISECONDS, ...options }, (request, response) => {
    const named = authoritiesOf(request);
    const own = LOOPBACK_NAMES.map((name) => authority(name, request.socket.localPort ?? 0));
    const strange = named.find((name) => !own.includes(name.toLowerCase()));
    if (named.length > 0 && strange === undefined) listener(request, response);
    else refuse(response, own, strange);
  });
}

/**
 * All that a request says of whom it is for: its `Host` headers and, before them (RFC 9112, 3.2.2), what an
 * absolute request target names.
 */
function authoritiesOf({ url = '', rawHeaders }: IncomingMessage): string[] {
  const hosts = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'host');
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1];
  return absolute === undefined ? hosts : [absolute, ...hosts];
}

/** As clients write it: without the port where it is HTTP's own. */
function authority(name: string, port: number): string {
  return port === 80 ? name : `${name}:${port}`;
}

function refuse(response: ServerResponse, own: readonly string[], strange: string | undefined): void {
  const problem =
    strange === undefined ? 'The request names no host' : `The request is for ${JSON.stringify(strange)}`;
  response
    .writeHead(421, {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      connection: 'close',
    })
    .end(`${problem}; this server answers for ${own.join(', ')} only. Call it by one of these names.\n`);
}
