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
 * The first of some ports in a row that are free now, three unless told,, for tests and benches that take a system of their own.
 * They lie below those that systems give to outgoing connections (Linux from 32768, others from 49152), since
 * one of these may take a port between this look and its use.
 */
export async function freePorts(count = 3): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const ports = Array.from({ length: count }, (_, i) => port + i);
    const free = await checkPortsFree(ports).then(
      () => true,
      () => false,
    );
    if (free) return port;
  }
}
