import { randomBytes } from 'node:crypto';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { Pepper } from '../../core/domain/keys/pepper.ts';

/** What Secrets Manager sends: four of these per rotation, each perhaps more than once. */
export interface RotationEvent {
  readonly Step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';
  readonly SecretId: string;
  /** The id of the version that this rotation makes. */
  readonly ClientRequestToken: string;
}

const CURRENT = 'AWSCURRENT';
const PENDING = 'AWSPENDING';

/** The secret's JSON: `{"current":"v2","v1":"…","v2":"…"}`. */
type PepperFields = { readonly current: string; readonly [version: string]: string };

/**
 * One step of a rotation that adds a version to the pepper and makes it current. All versions before it
 * stay, since stored digests name the version that they were made under.
 * Every step can be repeated, and a rotation that was interrupted can be followed by another.
 */
export async function rotate(client: SecretsManagerClient, event: RotationEvent): Promise<void> {
  switch (event.Step) {
    case 'createSecret':
      return createSecret(client, event);
    case 'setSecret':
      // The pepper is used by reading it; there is no other system to tell.
      return;
    case 'testSecret':
      return testSecret(client, event);
    case 'finishSecret':
      return finishSecret(client, event);
    default:
      throw new Error(
        `Step is ${JSON.stringify(event.Step)}; expected createSecret, setSecret, testSecret or finishSecret.`,
      );
  }
}

async function createSecret(client: SecretsManagerClient, event: RotationEvent): Promise<void> {
  if ((await readVersion(client, event)) !== undefined) return;
  const next = withNewVersion(await readCurrent(client, event));
  try {
    await client.send(
      new PutSecretValueCommand({
        SecretId: event.SecretId,
        ClientRequestToken: event.ClientRequestToken,
        SecretString: JSON.stringify(next),
        VersionStages: [PENDING],
      }),
    );
  } catch (error) {
    // A repetition of this step ran at the same time and was first; its version is as good.
    if (!(error instanceof ResourceExistsException)) throw error;
  }
}

async function testSecret(client: SecretsManagerClient, event: RotationEvent): Promise<void> {
  const pending = await readVersion(client, event);
  if (pending === undefined) throw new Error(`Version ${event.ClientRequestToken} has no value to test.`);
  const pepper = Pepper.parse(JSON.stringify(pending));
  const probe = 'the text of no key';
  if (!pepper.verifies(probe, pepper.digest(probe))) {
    throw new Error('A digest made under the pending pepper does not verify.');
  }
  assertKeepsVersions(await readCurrent(client, event), pending);
}

async function finishSecret(client: SecretsManagerClient, event: RotationEvent): Promise<void> {
  const { SecretId, ClientRequestToken: token } = event;
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
  if (VersionIdsToStages[token]?.includes(CURRENT)) return;
  if (!VersionIdsToStages[token]?.includes(PENDING)) {
    throw new Error(
      `Version ${token} is not ${PENDING}; another rotation took its place, and this one must not end.`,
    );
  }
  await testSecret(client, event);
  // Fails if another version became current meanwhile, so that no version can be lost.
  const current = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes(CURRENT))?.[0];
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: CURRENT,
      MoveToVersionId: token,
      RemoveFromVersionId: current,
    }),
  );
}

function withNewVersion(current: PepperFields): PepperFields {
  const numbers = Object.keys(current)
    .filter((name) => name !== 'current')
    .map((name) => Number(name.slice(1)));
  const version = `v${Math.max(0, ...numbers) + 1}`;
  return { ...current, current: version, [version]: randomBytes(48).toString('base64url') };
}

function assertKeepsVersions(current: PepperFields, pending: PepperFields): void {
  const lost = Object.keys(current).filter((name) => name !== 'current' && pending[name] !== current[name]);
  if (lost.length > 0) {
    throw new Error(
      `The pending pepper lacks ${lost.join(', ')} of the current one; keys made under it would stop working.`,
    );
  }
}

async function readCurrent(client: SecretsManagerClient, { SecretId }: RotationEvent): Promise<PepperFields> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId, VersionStage: CURRENT }));
  return pepperFields(SecretString);
}

/** The version that this rotation makes; undefined while it has no value. */
async function readVersion(
  client: SecretsManagerClient,
  { SecretId, ClientRequestToken }: RotationEvent,
): Promise<PepperFields | undefined> {
  try {
    const { SecretString } = await client.send(
      new GetSecretValueCommand({ SecretId, VersionId: ClientRequestToken }),
    );
    return pepperFields(SecretString);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** @throws TypeError when it is not a pepper */
function pepperFields(json: string | undefined): PepperFields {
  Pepper.parse(json ?? '');
  return JSON.parse(json ?? '') as PepperFields;
}
