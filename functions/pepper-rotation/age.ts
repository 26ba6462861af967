import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const DAY_MILLISECONDS = 86_400_000;

/** Whole days since the pepper got its current version. */
export async function pepperAgeDays(
  client: SecretsManagerClient,
  secretId: string,
  now: Date,
): Promise<number> {
  // The date is that of the version that is read, unlike the dates of the secret as a whole.
  const { CreatedDate } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  if (CreatedDate === undefined) {
    throw new Error(`Secrets Manager gives no date for the current version of ${secretId}.`);
  }
  return Math.floor((now.getTime() - CreatedDate.getTime()) / DAY_MILLISECONDS);
}
