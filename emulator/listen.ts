import type { Server } from 'node:http';
import { type AddressInfo, createServer, type Server as SocketServer } from 'node:net';
import { StartError } from './start-error.ts';

/**
 * Starts listening on the loopback interface; any free port where `port` is 0. Returns the port.
 * @throws StartError when another program has the port
 */
export async function listen(server: SocketServer, port: number, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    const problem = error.code === 'EACCES' ? 'may not be used' : 'is in use by another program';
    throw new StartError(
      `Port ${port} ${problem}; set PORT to the first of three free ports, such as PORT=5100.`,
    );
  });
  return (server.address() as AddressInfo).port;
}

/** Ends a server at once, whatever it is doing. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

/**
 * Checks, before anything slow is done, that nothing listens on these ports. IPv6 is looked at too:
 * `localhost` may mean either, and a stranger on one of them would answer in our place.
 * @throws StartError naming the first port that is taken
 */
export async function checkPortsFree(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    for (const host of ['127.0.0.1', '::1']) {
      const probe = createServer();
      try {
        await listen(probe, port, host);
      } catch (error) {
        if (
          (error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL' ||
          (error as NodeJS.ErrnoException).code === 'EAFNOSUPPORT'
        )
          continue;
        throw error;
      }
      await new Promise((resolve) => probe.close(resolve));
    }
  }
}

/**
 * Below those that systems give to outgoing connections (Linux from 32768, others from 49152), since one of these may
 * take a port between a look and its use.
 */
const OWN_PORTS = { from: 20_000, to: 32_000, each: 100 } as const;
const ROW = 10;
/** So many rows are handed out in turn: more than a test has at once that are not listened on yet. */
const ROWS_IN_TURN = 3;

let ownPorts: Promise<number> | undefined;
let turn = 0;

/**
 * The first of some ports in a row that are free now, three unless told and ten at most, for tests and benches that take
 * a system of their own. They are this process's: it holds the port before them as long as it lives. The same few
 * come again and again, so that what was made for their addresses is found made.
 */
export async function freePorts(count = 3): Promise<number> {
  ownPorts ??= holdPorts();
  const from = (await ownPorts) + 1;
  const rows = Math.floor((OWN_PORTS.each - 1) / ROW);
  const first = turn++ % ROWS_IN_TURN;
  for (let i = 0; i < rows; i++) {
    const port = from + ROW * (i < ROWS_IN_TURN ? (first + i) % ROWS_IN_TURN : i);
    const ports = Array.from({ length: count }, (_, after) => port + after);
    const free = await checkPortsFree(ports).then(
      () => true,
      () => false,
    );
    if (free) return port;
  }
  throw new Error(`no ${count} ports in a row are free from ${from} on`);
}

async function holdPorts(): Promise<number> {
  for (let at: number = OWN_PORTS.from; at < OWN_PORTS.to; at += OWN_PORTS.each) {
    const held = createServer().unref();
    const isOwn = await listen(held, at).then(
      () => true,
      () => false,
    );
    if (isOwn) return at;
  }
  throw new Error(`no port is free from ${OWN_PORTS.from} to ${OWN_PORTS.to}`);
}
