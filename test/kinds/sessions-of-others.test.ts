import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { signIn } from '../support/sessions.ts';

// A list is kept by a name that is made from its owner's. Names that fall together show, and end, what is others'.

const GRACE = { ...ADMIN, sub: 'grace' };
// An issuer's `sub` may be anything: one that begins as another does, and what looks like a name of ours.
const OTHERS = ['grac', 'grace#', 'grace 2', 'GRACE', 'PERSON#grace', 'SESSIONS#grace', '__proto__'];

let dynamodb: TestDynamoDb;
let management: TestManagement;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
});
afterAll(() => dynamodb.close());

test('each person sees the sessions of nobody else, ends none of them, and is refused as for one that is none', async () => {
  const sessionOf = async (sub: string) =>
    (await signIn(management.sessions, { ...ADMIN, sub }, management.clock)).session.sessionId;
  const own = [await sessionOf('grace'), await sessionOf('grace')];
  const others = await Promise.all(OTHERS.map(sessionOf));
  const idsSeenBy = async (claims: typeof GRACE) => {
    const { body } = await management.call('GET /v1/me/sessions', { claims });
    return body.items.map(({ sessionId }: { sessionId: string }) => sessionId).toSorted();
  };
  expect(await idsSeenBy(GRACE)).toEqual(own.toSorted());
  for (const [i, sub] of OTHERS.entries()) expect(await idsSeenBy({ ...ADMIN, sub })).toEqual([others[i]]);

  const answers = await Promise.all(
    [...others, 'A'.repeat(own[0]?.length ?? 0)].map(async (id) => {
      const { status, body } = await management.call(`DELETE /v1/me/sessions/${id}`, { claims: GRACE });
      return [status, body.error.code, body.error.message];
    }),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]?.[0]).toBe(404);
  for (const [i, sub] of OTHERS.entries()) expect(await idsSeenBy({ ...ADMIN, sub })).toEqual([others[i]]);

  expect((await management.call(`DELETE /v1/me/sessions/${own[0]}`, { claims: GRACE })).status).toBe(204);
  expect(await idsSeenBy(GRACE)).toEqual([own[1]]);
});
