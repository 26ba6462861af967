import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as client from 'openid-client';
import { readMachine } from '../../local/identity/machine.ts';
import type { LocalServer } from './local-server.ts';

/** The demonstration's subscription keys and client keys, by name. */
export function demoSubscriptions({ dataDir }: Pick<LocalServer, 'dataDir'>) {
  return JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8'));
}

/** Calls the payments API with a token that a standard client library gets, and the keys noted. */
export async function payByLibrary(server: LocalServer): Promise<{ status: number; authorization: string }> {
  const machine = readMachine(server.dataDir);
  const { subscriptions, clientKeys } = demoSubscriptions(server);
  const configuration = await client.discovery(
    new URL(`http://localhost:${server.port + 1}`),
    String(machine?.clientId),
    undefined,
    client.ClientSecretBasic(machine?.clientSecret),
    { execute: [client.allowInsecureRequests] },
  );
  const tokens = await client.clientCredentialsGrant(configuration, { scope: 'payments.write' });
  const authorization = `Bearer ${tokens.access_token}`;
  const { status } = await fetch(`http://localhost:${server.port + 2}/payments/live/v1/payments`, {
    method: 'POST',
    headers: {
      authorization,
      'ocp-apim-subscription-key': subscriptions.activeLive.secondaryKey,
      'client-key': clientKeys.live,
    },
  });
  return { status, authorization };
}
