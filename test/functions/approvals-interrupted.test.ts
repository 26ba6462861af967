import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Digest } from '../../core/domain/keys/pepper.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { FourEyes, NEW_KEY } from '../support/four-eyes.ts';
import { ADMIN, SECOND_ADMIN, type TestAnswer } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let eyes: FourEyes;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  eyes = await FourEyes.start(dynamodb);
});

/** Stops whatever `act` does at its `nth` write, before or after the table has it. */
async function cutOff(nth: number, when: 'before' | 'after', act: () => Promise<TestAnswer>): Promise<void> {
  const { client } = dynamodb.main;
  const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
  let writes = 0;
  const stopped = async (command: unknown) => {
    const isCut = (command instanceof PutCommand || command instanceof UpdateCommand) && ++writes === nth;
    if (isCut && when === 'before') throw new Error('cut off');
    const answer = await send(command);
    if (isCut) throw new Error('cut off');
    return answer;
  };
  client.send = stopped as typeof client.send;
  try {
    expect((await act()).status).toBe(500);
  } finally {
    client.send = send as typeof client.send;
  }
}

/** Every place at which two writes can be stopped, and whether everything had been done by then. */
const CUTS = [
  [1, 'before', false],
  [1, 'after', false],
  [2, 'before', false],
  [2, 'after', true],
] as const;

describe.each(CUTS)('cut off at write %i, %s it', (nth, when, done) => {
  test('a revocation is carried out by the second approval, exactly once', async () => {
    const keyId = await eyes.create();
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', `/keys/${keyId}/revoke`, {});
    await cutOff(nth, when, () => eyes.decide(approvalId, 'approve'));
    expect((await eyes.key(keyId))?.status).toBe(done ? 'revoked' : 'active');
    // Not even then by the one who asked for it.
    expect((await eyes.decide(approvalId, 'approve', ADMIN)).body.error.code).toBe('forbidden');
    expect((await eyes.decide(approvalId, 'approve')).status).toBe(done ? 409 : 200);
    expect((await eyes.decide(approvalId, 'approve')).status).toBe(409);
    expect(await eyes.key(keyId)).toMatchObject({ status: 'revoked', revision: 2 });
    expect(await eyes.approval(approvalId)).toMatchObject({ state: 'approved', revision: 2 });
  });

  test('a role is changed once, whatever was done to it in between', async () => {
    await eyes.requireApproval();
    const approvalId = await eyes.request('PUT', '/roles/clerk', { permissions: ['orders:*'] });
    await cutOff(nth, when, () => eyes.decide(approvalId, 'approve'));
    const other = await eyes.request('PUT', '/roles/clerk', { permissions: ['orders:read'] });
    expect((await eyes.decide(other, 'approve')).status).toBe(200);
    expect((await eyes.decide(approvalId, 'approve')).status).toBe(done ? 409 : 200);
    expect((await eyes.tenant())?.roles).toMatchObject({
      clerk: { permissions: [done ? 'orders:read' : 'orders:*'] },
    });
  });

  test('nothing is finished when its time is over', async () => {
    const keyId = await eyes.create();
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', `/keys/${keyId}/rotate`, {});
    await eyes.decide(approvalId, 'approve');
    await cutOff(nth, when, () => eyes.decide(approvalId, 'claim', ADMIN));
    const { revision } = (await eyes.key(keyId)) ?? {};
    eyes.wait(48);
    expect((await eyes.decide(approvalId, 'claim', ADMIN)).body.error.code).toBe('invalid_state');
    expect((await eyes.key(keyId))?.revision).toBe(revision);
  });

  test('a new key is created by the second claim, and its secret shown to its requester', async () => {
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', '/keys', NEW_KEY);
    await eyes.decide(approvalId, 'approve');
    await cutOff(nth, when, () => eyes.decide(approvalId, 'claim', ADMIN));
    expect((await eyes.decide(approvalId, 'claim')).body.error.code).toBe('forbidden');
    await expectClaim(approvalId, done);
    expect((await eyes.keys()).body.items).toHaveLength(1);
  });

  test('a key is rotated by the second claim, exactly once', async () => {
    const keyId = await eyes.create();
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', `/keys/${keyId}/rotate`, { overlapSeconds: 0 });
    await eyes.decide(approvalId, 'approve');
    await cutOff(nth, when, () => eyes.decide(approvalId, 'claim', ADMIN));
    await expectClaim(approvalId, done);
    expect((await eyes.key(keyId))?.revision).toBe(2);
  });

  /** A secret that was made but whose answer was lost is not made again: the key is to be rotated. */
  async function expectClaim(approvalId: string, lost: boolean): Promise<void> {
    const claimed = await eyes.decide(approvalId, 'claim', ADMIN);
    expect(claimed.status).toBe(lost ? 409 : 200);
    if (!lost) await expectWorks(claimed);
    expect((await eyes.decide(approvalId, 'claim', ADMIN)).status).toBe(409);
    expect((await eyes.approval(approvalId))?.state).toBe('claimed');
  }
});

async function expectWorks({ body }: TestAnswer): Promise<void> {
  const digests = (await eyes.key(body.key.keyId))?.digests as Record<string, Digest>;
  const works = Object.values(digests).filter((digest) =>
    eyes.management.pepper.verifies(body.secret, digest),
  );
  expect(works).toHaveLength(1);
}

describe('at once', () => {
  test('two approvals carry an operation out once', async () => {
    for (let round = 0; round < 10; round++) {
      eyes = await FourEyes.start(dynamodb);
      await eyes.requireApproval();
      const approvalId = await eyes.request('PUT', '/roles/clerk', { permissions: ['orders:read'] });
      const before = Number((await eyes.tenant())?.revision);
      const third = { ...SECOND_ADMIN, sub: 'person-third' };
      const answers = await Promise.all([
        eyes.decide(approvalId, 'approve'),
        eyes.decide(approvalId, 'approve', third),
        eyes.decide(approvalId, 'reject', third),
      ]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const rejected = (await eyes.approval(approvalId))?.state === 'rejected';
      expect((await eyes.tenant())?.revision).toBe(before + (rejected ? 0 : 1));
    }
  });

  test.each(['create', 'rotate'])('many claims of a %s show one secret, which works', async (operation) => {
    for (let round = 0; round < 10; round++) {
      const keyId = operation === 'rotate' ? await eyes.create() : '';
      await eyes.requireApproval();
      const approvalId =
        operation === 'rotate'
          ? await eyes.request('POST', `/keys/${keyId}/rotate`, { overlapSeconds: 0 })
          : await eyes.request('POST', '/keys', NEW_KEY);
      await eyes.decide(approvalId, 'approve');
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => eyes.decide(approvalId, 'claim', ADMIN)),
      );
      const [claimed, ...others] = answers.sort((a, b) => a.status - b.status);
      expect(others.map(({ status }) => status)).toEqual([409, 409, 409]);
      if (claimed === undefined) throw new Error('nobody claimed it');
      expect(claimed.status).toBe(200);
      await expectWorks(claimed);
      eyes = await FourEyes.start(dynamodb);
    }
  });
});
