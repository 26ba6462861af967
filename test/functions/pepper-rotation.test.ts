import { randomUUID } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RotationEvent } from '../../core/aws/rotating-secret.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import type { AwsServer } from '../../emulator/aws-server.ts';
import { pepperAgeDays } from '../../functions/pepper-rotation/age.ts';
import { lostPepperVersions } from '../../functions/pepper-rotation/lost-versions.ts';
import { rotate } from '../../functions/pepper-rotation/rotation.ts';
import { AwsFixture, clientOptions } from '../support/local-aws.ts';

const SECRET = 'keywright/pepper';
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const DAY_MILLISECONDS = 86_400_000;

let fixture: AwsFixture;
let server: AwsServer;
let client: SecretsManagerClient;
let time: Date;

beforeEach(async () => {
  fixture = new AwsFixture();
  time = new Date('2026-11-22T12:00:00Z');
  server = await fixture.start({ now: () => time });
  client = new SecretsManagerClient(clientOptions(server));
  fixture.onClose(() => client.destroy());
  createPepper(SECRET);
});

afterEach(() => fixture.close());

/** As the data stack declares it. */
function createPepper(name: string): void {
  server.createSecret({
    Name: name,
    GenerateSecretString: {
      SecretStringTemplate: '{"current":"v1"}',
      GenerateStringKey: 'v1',
      PasswordLength: 64,
      ExcludePunctuation: true,
    },
  });
}

async function current(secret = SECRET): Promise<Record<string, string>> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secret }));
  return JSON.parse(SecretString ?? '');
}

const step = (Step: RotationEvent['Step'], token: string, secret = SECRET) =>
  rotate(client, { Step, SecretId: secret, ClientRequestToken: token });

/** A rotation as Secrets Manager runs it, by a function that `before` may stop before a step. */
async function rotateSecret(before: (event: RotationEvent) => void = () => {}): Promise<void> {
  server.rotateSecretWith(SECRET, {
    name: 'pepper-rotation',
    invoke: async (event) => {
      before(event as RotationEvent);
      return rotate(client, event as RotationEvent);
    },
    warm: async () => {},
    stop: async () => {},
  });
  await client.send(new RotateSecretCommand({ SecretId: SECRET, ClientRequestToken: randomUUID() }));
}

describe('a rotation', () => {
  test('adds a version, makes it current, and keeps those before it', async () => {
    const { v1 } = await current();
    await rotateSecret();
    await rotateSecret();
    const after = await current();
    expect(Object.keys(after).sort()).toEqual(['current', 'v1', 'v2', 'v3']);
    expect(after).toMatchObject({ current: 'v3', v1 });
    expect(after.v2).toMatch(/^[\w-]{64}$/);
    expect(after.v3).toMatch(/^[\w-]{64}$/);
    expect(after.v3).not.toBe(after.v2);
  });

  test('breaks no key: digests made before it verify after it', async () => {
    const before = Pepper.parse(JSON.stringify(await current()));
    const digest = before.digest('sk_live_something');
    await rotateSecret();
    const after = Pepper.parse(JSON.stringify(await current()));
    expect(after.verifies('sk_live_something', digest)).toBe(true);
    expect(after.digest('sk_live_something').pepper).toBe('v2');
  });

  test('may have each of its steps repeated', async () => {
    const token = randomUUID();
    for (const name of STEPS) {
      await step(name, token);
      await step(name, token);
    }
    for (const name of STEPS) await step(name, token);
    expect(Object.keys(await current()).sort()).toEqual(['current', 'v1', 'v2']);
  });

  test('may have its first step run twice at the same time', async () => {
    const token = randomUUID();
    await Promise.all([
      step('createSecret', token),
      step('createSecret', token),
      step('createSecret', token),
    ]);
    await step('testSecret', token);
    await step('finishSecret', token);
    expect(Object.keys(await current()).sort()).toEqual(['current', 'v1', 'v2']);
  });

  test.each(STEPS)('that was interrupted at %s is ended by the next', async (interrupted) => {
    const before = await current();
    const stop = ({ Step }: RotationEvent) => {
      if (Step === interrupted) throw new Error('interrupted');
    };
    await expect(rotateSecret(stop)).rejects.toThrow('interrupted');
    expect(await current()).toEqual(before);
    await rotateSecret();
    expect(await current()).toMatchObject({ ...before, current: 'v2' });
  });

  test('on a version that has no value fails loudly, at every step that would go by it', async () => {
    const before = await current();
    const valueless = randomUUID();
    await expect(step('testSecret', valueless)).rejects.toThrow(/has no value to test/);
    await expect(step('finishSecret', valueless)).rejects.toThrow(/is not AWSPENDING/);
    expect(await current()).toEqual(before);
  });

  test('that another one overtook can not end, since it would lose the other one’s version', async () => {
    const [slow, fast] = [randomUUID(), randomUUID()];
    await step('createSecret', slow);
    for (const name of STEPS) await step(name, fast);
    const after = await current();
    await expect(step('finishSecret', slow)).rejects.toThrow(/is not AWSPENDING; another rotation took/);
    await expect(step('testSecret', slow)).rejects.toThrow(/lacks v2 of the current one/);
    expect(await current()).toEqual(after);
  });

  test('does not end with a pepper that lacks a version or changed one, and does not tell its text', async () => {
    const { v1 = '' } = await current();
    const bad = [
      { current: 'v2', v2: 'x'.repeat(64) },
      { current: 'v2', v1: 'y'.repeat(64), v2: 'x'.repeat(64) },
      { current: 'v3', v1, v2: 'x'.repeat(64) },
      { current: 'v2', v1, v2: 'short' },
    ];
    for (const pepper of bad) {
      const token = randomUUID();
      await client.send(
        new PutSecretValueCommand({
          SecretId: SECRET,
          ClientRequestToken: token,
          SecretString: JSON.stringify(pepper),
          VersionStages: ['AWSPENDING'],
        }),
      );
      const failure: Error = await step('finishSecret', token).then(
        () => new Error('it ended'),
        (error) => error,
      );
      expect(failure.message).toMatch(/lacks v1 of|at least 32 characters|must name one of its versions/);
      for (const text of [v1, 'x'.repeat(32), 'y'.repeat(32)])
        expect(String(failure.stack)).not.toContain(text);
    }
    expect(await current()).toEqual({ current: 'v1', v1 });
  });

  test('refuses a step that Secrets Manager does not have', async () => {
    await expect(step('deleteSecret' as never, randomUUID())).rejects.toThrow(/Step is "deleteSecret"/);
  });
});

test('whatever steps of several rotations come in whatever order, no version that was current is lost', async () => {
  const someSteps = fc.array(fc.record({ step: fc.constantFrom(...STEPS), rotation: fc.nat({ max: 2 }) }), {
    maxLength: 24,
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(someSteps, async (steps) => {
      const secret = `${SECRET}-${run++}`;
      createPepper(secret);
      const tokens = [randomUUID(), randomUUID(), randomUUID()];
      const seen = new Map<string, string>();
      for (const { step: name, rotation } of [...steps, { step: 'setSecret' as const, rotation: 0 }]) {
        await step(name, tokens[rotation] ?? '', secret).catch(() => {});
        const { current: now, ...versions } = await current(secret);
        seen.set(now ?? '', versions[now ?? ''] ?? '');
        for (const [version, text] of seen) expect(versions[version]).toBe(text);
      }
    }),
    { numRuns: 25 },
  );
});

test('the age of the pepper is that of its current version', async () => {
  time = new Date(time.getTime() + 400 * DAY_MILLISECONDS);
  expect(await pepperAgeDays(client, SECRET, time)).toBe(400);
  await rotateSecret();
  expect(await pepperAgeDays(client, SECRET, time)).toBe(0);
  expect(await pepperAgeDays(client, SECRET, new Date(time.getTime() + 1.9 * DAY_MILLISECONDS))).toBe(1);
});

describe('a pepper that was rewritten', () => {
  const put = (value: object | string) =>
    client.send(
      new PutSecretValueCommand({
        SecretId: SECRET,
        SecretString: typeof value === 'string' ? value : JSON.stringify(value),
      }),
    );
  const lost = () => lostPepperVersions(client, SECRET);
  const [x, y, z] = ['x'.repeat(64), 'y'.repeat(64), 'z'.repeat(64)];

  test('is not what a first version or any number of rotations is', async () => {
    expect(await lost()).toEqual([]);
    for (let i = 0; i < 3; i++) {
      await rotateSecret();
      expect(await lost()).toEqual([]);
    }
  });

  test.each([
    ['another text under the same name, as CloudFormation writes it', { current: 'v1', v1: x }, ['v1', 'v2']],
    ['a version less', { current: 'v2', v2: y }, ['v1']],
    ['an older one as the current, with nothing lost', { current: 'v1', v1: z, v2: y }, ['v2']],
    ['more versions, one of them changed', { current: 'v3', v1: z, v2: x, v3: x }, ['v2']],
  ])('is told of: %s', async (_, rewritten, versions) => {
    await put({ current: 'v2', v1: z, v2: y });
    await put(rewritten);
    expect(await lost()).toEqual(versions);
  });

  test('is told of when the label of the current version is moved back', async () => {
    const { VersionId } = await client.send(new GetSecretValueCommand({ SecretId: SECRET }));
    await rotateSecret();
    const after = await client.send(new GetSecretValueCommand({ SecretId: SECRET }));
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: SECRET,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: VersionId,
        RemoveFromVersionId: after.VersionId,
      }),
    );
    expect(await lost()).toEqual(['v2']);
  });

  test('that is no pepper at all fails the measurement, which rings too, and its text is not told', async () => {
    await put(`no JSON, ${x}`);
    const failure: Error = await lost().then(
      () => new Error('it was measured'),
      (error) => error,
    );
    expect(failure.message).toMatch(/is not JSON/);
    expect(String(failure.stack)).not.toContain(x);
  });
});
