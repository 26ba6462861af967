import { readMachine } from '../../local/identity/machine.ts';

/** The access token that the seeded program gets from the local issuer in its own name, for the payments API. */
export async function machineToken(dataDir: string, issuer: string): Promise<string> {
  const machine = readMachine(dataDir);
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${machine?.clientId}:${machine?.clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'payments.write' }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
