import { randomBytes } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { originSecret } from '../../core/aws/origin-secret.ts';
import { beginTurn, finishTurn, NoTurn } from '../../core/aws/origin-secret-turn.ts';
import { AwsFixture, clientOptions } from '../support/local-aws.ts';

const SECRET = 'keywright/origin';
const FIVE_MINUTES = 5 * 60_000;
let fixture: AwsFixture;
let client: SecretsManagerClient;

beforeEach(async () => {
  fixture = new AwsFixture();
  const server = await fixture.start();
  client = new SecretsManagerClient(clientOptions(server));
  fixture.onClose(() => client.destroy());
  // As the portal's stack declares it.
  const GenerateSecretString = {
    SecretStringTemplate: '{}',
    GenerateStringKey: 'current',
    PasswordLength: 48,
  };
  server.createSecret({
    Name: SECRET,
    GenerateSecretString: { ...GenerateSecretString, ExcludePunctuation: true },
  });
});
afterEach(() => fixture.close());

const fields = async () =>
  JSON.parse((await client.send(new GetSecretValueCommand({ SecretId: SECRET }))).SecretString ?? '');
const begin = () => beginTurn(client, SECRET, randomBytes);
const finish = () => finishTurn(client, SECRET);

/** A function that reads the secret as those behind CloudFront do, and its clock. */
function aFunction() {
  const clock = { now: 0 };
  let reading: Promise<unknown> = Promise.resolve();
  const read = () => {
    const answer = fields().then((found) => ({ SecretString: JSON.stringify(found) }));
    reading = answer;
    return answer;
  };
  const origin = originSecret(read, SECRET, () => clock.now);
  /** What is known is answered while the secret is read anew; it counts from the next request on. */
  const knows = async (text: string) => {
    await origin.knows(text);
    await reading;
    await new Promise(setImmediate);
    return origin.knows(text);
  };
  return { clock, origin, knows };
}

test('while it turns both values are taken, and afterwards the new one alone', async () => {
  const { clock, origin, knows } = aFunction();
  const { current: old } = await fields();
  expect(await knows(old)).toBe(true);
  await begin();
  const { current: next, previous } = await fields();
  expect([previous, next.length, next === old]).toEqual([old, 48, false]);
  clock.now += FIVE_MINUTES;
  // Also of an instance that nobody asked meanwhile: what it does not know yet it waits for.
  expect(await origin.knows(next)).toBe(true);
  expect([await knows(old), await knows(next)]).toEqual([true, true]);
  await finish();
  expect(await fields()).toEqual({ current: next });
  clock.now += FIVE_MINUTES;
  expect([await knows(old), await knows(next)]).toEqual([false, true]);
});

test('one turn at a time: a second begin would take away what CloudFront still sends', async () => {
  await begin();
  const during = await fields();
  await expect(begin()).rejects.toThrow(NoTurn);
  expect(await fields()).toEqual(during);
  await finish();
  await expect(finish()).rejects.toThrow('There is no turn to finish');
});

test('of two who begin at once one does, and no value is lost', async () => {
  const { current: old } = await fields();
  const results = await Promise.allSettled([begin(), begin(), begin()]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(NoTurn);
  expect((await fields()).previous).toBe(old);
});
