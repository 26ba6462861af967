import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { Pepper } from '../../core/domain/keys/pepper.ts';

/**
 * Versions of the pepper that it had before its last change and has no more, or with another text, and the one
 * that was current where an older one is now: none after a rotation. Keys under such a version are refused.
 * @throws TypeError for a secret that is no pepper
 */
export async function lostPepperVersions(client: SecretsManagerClient, secretId: string): Promise<string[]> {
  const [now, before] = await Promise.all([
    fieldsAt(client, secretId, 'AWSCURRENT'),
    fieldsAt(client, secretId, 'AWSPREVIOUS'),
  ]);
  if (before === undefined) return [];
  const number = (version: string | undefined) => Number(version?.slice(1) ?? 0);
  const goesBack = number(now?.current) < number(before.current);
  const { current, ...versions } = before;
  return Object.entries(versions)
    .filter(([version, text]) => now?.[version] !== text || (goesBack && version === current))
    .map(([version]) => version);
}

async function fieldsAt(
  client: SecretsManagerClient,
  SecretId: string,
  VersionStage: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId, VersionStage }));
    Pepper.parse(SecretString);
    return JSON.parse(SecretString);
  } catch (error) {
    // Before the first rotation there is no version before this one.
    if (error instanceof ResourceNotFoundException && VersionStage === 'AWSPREVIOUS') return undefined;
    throw error;
  }
}
