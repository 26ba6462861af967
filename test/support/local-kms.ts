import { systemClock } from '../../core/access/clock.ts';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import { signedClient } from '../../core/aws/signed-client.ts';
import { CREDENTIALS } from './credentials.ts';
import type { TestDynamoDb } from './dynamodb.ts';

/** The key that tests encrypt with. */
export const DATA_KEY = 'data';

/** The local KMS, with a key that encrypts from the first call on. */
export function localKms(server: Pick<TestDynamoDb, 'aws' | 'endpoint'>): AwsCall {
  let kms: AwsCall | undefined;
  return (operation, input) => {
    kms ??= started(server);
    return kms(operation, input);
  };
}

function started({ aws, endpoint }: Pick<TestDynamoDb, 'aws' | 'endpoint'>): AwsCall {
  aws.createKey(DATA_KEY, { KeySpec: 'SYMMETRIC_DEFAULT' });
  return signedClient({
    service: 'kms',
    region: 'eu-central-1',
    endpoint,
    credentials: () => ({ ...CREDENTIALS, sessionToken: undefined }),
    attemptMilliseconds: 5_000,
    deadlineMilliseconds: 5_000,
    now: systemClock,
    random: Math.random,
  });
}
