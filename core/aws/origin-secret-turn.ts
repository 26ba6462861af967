import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type RandomBytes, randomBase62 } from '../domain/ground/base62.ts';
import { sha256 } from '../domain/ground/sha256.ts';

/** As many as Secrets Manager drew for the first one. */
const LENGTH = 48;

/** Why there is nothing to do, for who asked. */
export class NoTurn extends Error {}

interface Fields {
  readonly current: string;
  readonly previous?: string;
}

/**
 * Gives the origin's secret a new value beside the one that CloudFront sends: the API takes both.
 * @throws NoTurn while one is under way, or where somebody else began one at the same moment
 */
export async function beginTurn(
  client: SecretsManagerClient,
  secretId: string,
  randomBytes: RandomBytes,
): Promise<void> {
  const { fields, version } = await read(client, secretId);
  if (fields.previous !== undefined)
    throw new NoTurn('A turn is under way: deploy the portal, then finish it; nothing was changed');
  const next = { current: randomBase62(LENGTH, randomBytes), previous: fields.current };
  await write(client, secretId, next, `${version} begin`);
}

/**
 * Takes the old value away, once CloudFront sends the new one everywhere.
 * @throws NoTurn where there is none to finish, or somebody else wrote at the same moment
 */
export async function finishTurn(client: SecretsManagerClient, secretId: string): Promise<void> {
  const { fields, version } = await read(client, secretId);
  if (fields.previous === undefined) throw new NoTurn('There is no turn to finish; nothing was changed');
  await write(client, secretId, { current: fields.current }, `${version} finish`);
}

async function read(client: SecretsManagerClient, SecretId: string) {
  const { SecretString = '', VersionId = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
  const fields = JSON.parse(SecretString) as Partial<Fields>;
  if (typeof fields.current !== 'string')
    throw new NoTurn(
      `${SecretId} is not {"current": …}, as the portal's stack makes it; nothing was changed`,
    );
  return { fields: fields as Fields, version: VersionId };
}

/** By a token that follows from what was read: of two who write after the same reading, the second is refused. */
async function write(
  client: SecretsManagerClient,
  SecretId: string,
  fields: Fields,
  basis: string,
): Promise<void> {
  const put = new PutSecretValueCommand({
    SecretId,
    SecretString: JSON.stringify(fields),
    ClientRequestToken: sha256(basis),
  });
  try {
    await client.send(put);
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    throw new NoTurn('Somebody else did this at the same moment; nothing was changed by this call');
  }
}
