import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const DAY_MILLISECONDS = 86_400_000;

/** Whole days since the pepper was last rotated or, before the first time, made. */
export async function pepperAgeDays(
  client: SecretsManagerClient,
  secretId: string,
  now: Date,
): Promise<number> {
  const { LastRotatedDate, CreatedDate } = await client.send(
    new DescribeSecretCommand({ SecretId: secretId }),
  );
  const since = LastRotatedDate ?? CreatedDate;
  if (since === undefined) throw new Error(`Secrets Manager gives no date of creation for ${secretId}.`);
  return Math.floor((now.getTime() - since.getTime()) / DAY_MILLISECONDS);
}
