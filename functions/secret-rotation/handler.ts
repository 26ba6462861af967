import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { keywrightClient } from '../../client/keywright-client.ts';
import { signer } from '../../client/sigv4.ts';
import { endpointOf, required } from '../../core/aws/lambda-environment.ts';
import type { RotationEvent } from '../../core/aws/rotating-secret.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { rotateSecret } from './rotate-secret.ts';

const { env } = process;
const secrets = new SecretsManagerClient({});
const api = keywrightClient({
  url: endpointOf(env, 'EXECUTE_API') ?? required(env, ENV.managementUrl),
  credentials: {
    sign: signer({ region: required(env, 'AWS_REGION'), credentials: () => secrets.config.credentials() }),
  },
});

/** Secrets Manager's call for one step of a turn. */
export async function handler(event: RotationEvent): Promise<void> {
  const overlapSeconds = env[ENV.overlapSeconds];
  await rotateSecret(event, {
    secrets,
    api,
    randomBytes,
    fetch,
    pause,
    probe: env[ENV.probe],
    onOldSecretInUse: env[ENV.onOldSecretInUse] === 'end' ? 'end' : 'hold',
    ...(overlapSeconds !== undefined && { overlapSeconds: Number(overlapSeconds) }),
  });
}
