import { mkdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { close, listen } from '../../emulator/listen.ts';
import { loopbackServer } from '../../emulator/loopback-server.ts';
import { createInteractions } from './interactions.ts';
import { seedMachine } from './machine.ts';
import { errorPage, PAGE_HEADERS } from './pages.ts';
import { seedPeople } from './people.ts';
import { seedPortalSecret } from './portal-client.ts';
import { createProvider } from './provider.ts';
import { createSignIn } from './sign-in.ts';
import { seedSigningKeys } from './signing-keys.ts';
import { openIdentityStore } from './store.ts';

export interface IdentityServer {
  /** The issuer: `http://localhost:<port>`. */
  readonly issuer: string;
  close(): Promise<void>;
}

/**
 * Serves sign-in and tokens on 127.0.0.1, with everything that must outlive a restart (people, keys,
 * sessions, grants) below `<dataDir>/identity`.
 */
export async function startIdentity(o: {
  dataDir: string;
  port: number;
  /** Origin of the portal, without a trailing slash. */
  portalUrl: string;
  now: () => Date;
  log: (line: string) => void;
}): Promise<IdentityServer> {
  const folder = join(o.dataDir, 'identity');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [people, keys] = await Promise.all([seedPeople(o.dataDir), seedSigningKeys(o.dataDir)]);
  const machine = seedMachine(o.dataDir);
  const portal = { url: o.portalUrl, secret: seedPortalSecret(o.dataDir) };
  const store = openIdentityStore(join(folder, 'sessions.sqlite'), o.now);
  const server = loopbackServer({}, (request, response) => serve(request, response));
  const issuer = `http://localhost:${await listen(server, o.port)}`;
  const provider = createProvider({ issuer, portal, people, machine, keys, store });
  provider.on('server_error', (_context, error) => o.log(`identity: ${error.stack ?? error.message}`));
  const interactions = createInteractions({ provider, people, signIn: createSignIn(people, store, o.now) });
  const callback = provider.callback();

  const serve: RequestListener = (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void callback(request, response);
    interactions(request, response).catch((error: Error) => {
      o.log(`identity: ${error.stack ?? error.message}`);
      if (response.headersSent) return void response.destroy();
      response.writeHead(500, PAGE_HEADERS).end(errorPage('Something went wrong in identity; see its log.'));
    });
  };

  return {
    issuer,
    async close() {
      await close(server);
      store.close();
    },
  };
}
