import { readFileSync } from 'node:fs';
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
import { sealAnew } from '../core/store/resealed-keys.ts';
import { configFromContext } from '../lib/config.ts';

/**
 * Brings keys that can be shown out of their secrets, and seals all with the configuration's `sealingKey`, with the
 * credentials and in the Region of whoever calls.
 */
const DATA_KEY = 'alias/keywright';
const { context = {} } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8'));
const configured = configFromContext(context).sealingKey;
const sealingKey = process.env[ENV.secretsKey] ?? configured ?? DATA_KEY;
const keyBefore = process.env[ENV.secretsKeyBefore] ?? (configured === null ? undefined : DATA_KEY);
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
const keys = new ShowableKeys(new SealedTexts(kms, sealingKey, keyBefore));
const pepper = (versions: readonly string[]) => peppers.pepper(versions);
const main = deployedTable();
const { sealed, done, left } = await sealKeptKeys(
  { secrets, main, keys, pepper, now },
  values['delete-secrets'],
);

console.log(`${sealed} keys were sealed into their items.`);
const what = values['delete-secrets']
  ? 'will be deleted in 30 days'
  : 'may go: run this with --delete-secrets once the new version is deployed';
if (done.length > 0) console.log(`${done.length} secrets are not needed any more, and ${what}.`);
for (const { name, why } of left) console.error(`${name} stays, since ${why}. Run this again later.`);
if (keyBefore !== undefined) {
  const anew = await sealAnew({
    main,
    now: new SealedTexts(kms, sealingKey),
    before: new SealedTexts(kms, keyBefore),
  });
  console.log(`${anew.sealed} texts were sealed with ${sealingKey}.`);
  for (const owner of anew.left)
    console.error(
      `${owner} has a text that neither key opens, or that others kept changing. Run this again later.`,
    );
  if (anew.left.length > 0) process.exitCode = 1;
}
if (left.length > 0) process.exitCode = 1;
