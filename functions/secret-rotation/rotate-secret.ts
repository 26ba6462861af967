import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { RandomBytes } from '../../core/domain/ground/base62.ts';
import { parseStoredKey, type StoredKey, withNewKey } from './stored-key.ts';
import { type Trying, tryKey } from './try-key.ts';

/** What Secrets Manager sends: four of these for each turn, each perhaps more than once and in any order. */
export interface RotationEvent {
  readonly Step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';
  readonly SecretId: string;
  /** The id of the version that this turn makes. */
  readonly ClientRequestToken: string;
}

export interface SecretRotation extends Trying {
  readonly secrets: SecretsManagerClient;
  readonly randomBytes: RandomBytes;
  readonly overlapSeconds?: number | undefined;
  readonly onOldSecretInUse: 'hold' | 'end';
}

const CURRENT = 'AWSCURRENT';
const PENDING = 'AWSPENDING';

/**
 * One step of a turn. The new key is drawn and stored first and registered afterwards, so that no answer has to bring
 * it and none can be lost; what consumers are handed works whatever is cut off, repeated or late.
 */
export async function rotateSecret(event: RotationEvent, rotation: SecretRotation): Promise<void> {
  const stages = await stagesOf(event, rotation);
  const isDone = stages.includes(CURRENT);
  if (!isDone && !stages.includes(PENDING)) {
    throw new Error(
      `Version ${event.ClientRequestToken} is not ${PENDING}: another turn took its place, and this one must not go on.`,
    );
  }
  switch (event.Step) {
    case 'createSecret':
      return isDone ? undefined : createSecret(event, rotation);
    case 'setSecret':
      return isDone ? undefined : register(event, rotation);
    case 'testSecret':
      return tryKey(await pendingOf(event, rotation), rotation);
    case 'finishSecret':
      if (!isDone) await moveCurrent(event, rotation);
      // From here on the old secret has its overlap.
      return register(event, rotation);
    default:
      throw new Error(
        `Step is ${JSON.stringify(event.Step)}; expected createSecret, setSecret, testSecret or finishSecret.`,
      );
  }
}

async function createSecret(event: RotationEvent, rotation: SecretRotation): Promise<void> {
  if ((await readVersion(event, rotation)) !== undefined) return;
  const next = withNewKey(await currentOf(event, rotation), rotation.randomBytes);
  try {
    await rotation.secrets.send(
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

/** Says which key is to be next, and which one consumers are handed now. */
async function register(event: RotationEvent, { api, ...rotation }: SecretRotation): Promise<void> {
  const [pending, current] = await Promise.all([
    pendingOf(event, { api, ...rotation }),
    currentOf(event, { api, ...rotation }),
  ]);
  const { overlapSeconds, onOldSecretInUse } = rotation;
  await api.POST('/v1/rotation/{credentialId}', {
    params: { path: { credentialId: current.keywright.id } },
    body: {
      secret: pending.key,
      current: current.key,
      clientRequestToken: event.ClientRequestToken,
      onOldSecretInUse,
      ...(overlapSeconds !== undefined && { overlapSeconds }),
    },
  });
}

async function moveCurrent(event: RotationEvent, rotation: SecretRotation): Promise<void> {
  // Whatever came before: nobody is handed a key that is not let in.
  await tryKey(await pendingOf(event, rotation), rotation);
  const { SecretId, ClientRequestToken: token } = event;
  const { VersionIdsToStages = {} } = await rotation.secrets.send(new DescribeSecretCommand({ SecretId }));
  const current = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes(CURRENT))?.[0];
  if (current === token) return;
  // Fails if another version became current meanwhile.
  await rotation.secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: CURRENT,
      MoveToVersionId: token,
      RemoveFromVersionId: current,
    }),
  );
}

async function stagesOf(event: RotationEvent, { secrets }: SecretRotation): Promise<readonly string[]> {
  const { SecretId, ClientRequestToken } = event;
  const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId }));
  return VersionIdsToStages[ClientRequestToken] ?? [];
}

async function currentOf({ SecretId }: RotationEvent, { secrets }: SecretRotation): Promise<StoredKey> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId, VersionStage: CURRENT }));
  return parseStoredKey(SecretString);
}

async function pendingOf(event: RotationEvent, rotation: SecretRotation): Promise<StoredKey> {
  const pending = await readVersion(event, rotation);
  if (pending !== undefined) return pending;
  throw new Error(`Version ${event.ClientRequestToken} has no value yet: createSecret comes first.`);
}

/** The version that this turn makes; undefined while it has no value. */
async function readVersion(
  { SecretId, ClientRequestToken }: RotationEvent,
  { secrets }: SecretRotation,
): Promise<StoredKey | undefined> {
  try {
    const { SecretString } = await secrets.send(
      new GetSecretValueCommand({ SecretId, VersionId: ClientRequestToken }),
    );
    return parseStoredKey(SecretString);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
