import { parseArgs } from 'node:util';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { systemClock } from '../core/access/clock.ts';
import { deployedTable } from '../core/aws/document-client.ts';
import { endpointOf } from '../core/aws/lambda-environment.ts';
import { SealedTexts } from '../core/aws/sealed-text.ts';
import { deployedPepper } from '../core/aws/secrets.ts';
import { ShowableKeys } from '../core/aws/showable-keys.ts';
import { signedClient } from '../core/aws/signed-client.ts';
import { ENV, RESOURCE } from '../core/contract/deployment.ts';
import { sealKeptKeys } from '../core/store/kept-keys.ts';

/** Brings keys that can be shown out of their secrets, with the credentials and in the Region of whoever calls. */
const { values } = parseArgs({ options: { 'delete-secrets': { type: 'boolean', default: false } } });
process.env[ENV.table] ??= RESOURCE.table;
process.env[ENV.pepperSecret] ??= RESOURCE.pepperSecret;
const secrets = new SecretsManagerClient({});
const [region, credentials] = await Promise.all([secrets.config.region(), secrets.config.credentials()]);
const now = () => new Date();
const peppers = deployedPepper(secrets, now);
const kms = signedClient({
  service: 'kms',
  region,
  endpoint: endpointOf(process.env, 'KMS'),
  credentials: () => ({ ...credentials, sessionToken: credentials.sessionToken }),
  attemptMilliseconds: 5_000,
  deadlineMilliseconds: 15_000,
  now: systemClock,
  random: Math.random,
});
const keys = new ShowableKeys(new SealedTexts(kms, process.env[ENV.secretsKey] ?? 'alias/keywright'));
const pepper = (versions: readonly string[]) => peppers.pepper(versions);
const { sealed, done, left } = await sealKeptKeys(
  { secrets, main: deployedTable(), keys, pepper, now },
  values['delete-secrets'],
);

console.log(`${sealed} keys were sealed into their items.`);
const what = values['delete-secrets']
  ? 'will be deleted in 30 days'
  : 'may go: run this with --delete-secrets once the new version is deployed';
if (done.length > 0) console.log(`${done.length} secrets are not needed any more, and ${what}.`);
for (const { name, why } of left) console.error(`${name} stays, since ${why}. Run this again later.`);
if (left.length > 0) process.exitCode = 1;
