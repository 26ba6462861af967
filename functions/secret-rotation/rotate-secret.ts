import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CURRENT,
  PENDING,
  RotatingSecret,
  type RotationEvent,
  unknownStep,
} from '../../core/aws/rotating-secret.ts';
import type { RandomBytes } from '../../core/domain/ground/base62.ts';
import { parseStoredKey, type StoredKey, withNewKey } from './stored-key.ts';
import { type Trying, tryKey } from './try-key.ts';

export interface SecretRotation extends Trying {
  readonly secrets: SecretsManagerClient;
  readonly randomBytes: RandomBytes;
  readonly overlapSeconds?: number | undefined;
  readonly onOldSecretInUse: 'hold' | 'end';
}

/** One turn: its secret, what Secrets Manager said, and what the function is given. */
interface Turn {
  readonly secret: RotatingSecret;
  readonly event: RotationEvent;
  readonly rotation: SecretRotation;
}

/**
 * One step of a turn. The new key is drawn and stored first and registered afterwards, so that no answer has to bring
 * it and none can be lost; what consumers are handed works whatever is cut off, repeated or late.
 */
export async function rotateSecret(event: RotationEvent, rotation: SecretRotation): Promise<void> {
  const turn = { secret: new RotatingSecret(rotation.secrets, event), event, rotation };
  const stages = (await turn.secret.versions())[event.ClientRequestToken] ?? [];
  const isDone = stages.includes(CURRENT);
  if (!isDone && !stages.includes(PENDING)) {
    throw new Error(
      `Version ${event.ClientRequestToken} is not ${PENDING}: another turn took its place, and this one must not go on.`,
    );
  }
  switch (event.Step) {
    case 'createSecret':
      return isDone ? undefined : createSecret(turn);
    case 'setSecret':
      return isDone ? undefined : register(turn);
    case 'testSecret':
      return tryKey(await pendingOf(turn), rotation);
    case 'finishSecret':
      if (!isDone) await moveCurrent(turn);
      // From here on the old secret has its overlap.
      return register(turn);
    default:
      throw unknownStep(event.Step);
  }
}

async function createSecret({ secret, rotation }: Turn): Promise<void> {
  if ((await secret.own()) !== undefined) return;
  await secret.storePending(withNewKey(parseStoredKey(await secret.current()), rotation.randomBytes));
}

/** Says which key is to be next, and which one consumers are handed now. */
async function register(turn: Turn): Promise<void> {
  const { secret, event, rotation } = turn;
  const [pending, current] = await Promise.all([pendingOf(turn), secret.current().then(parseStoredKey)]);
  const { overlapSeconds, onOldSecretInUse } = rotation;
  await rotation.api.POST('/v1/rotation/{credentialId}', {
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

async function moveCurrent(turn: Turn): Promise<void> {
  // Whatever came before: nobody is handed a key that is not let in.
  await tryKey(await pendingOf(turn), turn.rotation);
  await turn.secret.makeCurrent(await turn.secret.versions());
}

async function pendingOf({ secret, event }: Turn): Promise<StoredKey> {
  const pending = await secret.own();
  if (pending !== undefined) return parseStoredKey(pending);
  throw new Error(`Version ${event.ClientRequestToken} has no value yet: createSecret comes first.`);
}
