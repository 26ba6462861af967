import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SealedTexts } from '../../core/aws/sealed-text.ts';
import { type KeyPlace, ShowableKeys } from '../../core/aws/showable-keys.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { DATA_KEY, localKms } from '../support/local-kms.ts';

const PLACE: KeyPlace = { owner: 'sub_000000000001', slot: 'primary' };
const pepper = Pepper.parse(JSON.stringify({ current: 'v1', v1: 'p'.repeat(64) }));
const minted = (text: string) => ({ text, digest: pepper.digest(text), hint: text.slice(-4) });

let dynamodb: TestDynamoDb;
let keys: ShowableKeys;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  keys = new ShowableKeys(new SealedTexts(localKms(dynamodb), DATA_KEY));
});
afterAll(() => dynamodb.close());

test('what is sealed for a place is opened for it, and reads as nothing of the key', async () => {
  const key = await keys.keep(PLACE, minted('sub_live_text'));
  expect(key).toMatchObject(minted('sub_live_text'));
  expect(Buffer.from(key.sealed, 'base64').toString('latin1')).not.toContain('sub_live');
  expect(await keys.open(PLACE, key, pepper)).toBe('sub_live_text');
});

test.each<[string, KeyPlace]>([
  ['the other slot', { ...PLACE, slot: 'secondary' }],
  ['another subscription', { ...PLACE, owner: 'sub_000000000002' }],
  ['an API', { owner: 'api_000000000001', slot: 'clientKey' }],
])('it opens in no other place: %s', async (_, place) => {
  const key = await keys.keep(PLACE, minted('sub_live_text'));
  expect(await keys.open(place, key, pepper)).toBeUndefined();
});

test('nor does a session’s token open as a key, or a key as a token', async () => {
  const texts = new SealedTexts(localKms(dynamodb), DATA_KEY);
  const key = minted('sub_live_text');
  const session = { session: 'session_1' };
  const token = await texts.seal(key.text, session);
  expect(await keys.open(PLACE, { ...key, sealed: token }, pepper)).toBeUndefined();
  expect(await texts.open((await keys.keep(PLACE, key)).sealed, session)).toBeUndefined();
});

test('where another key seals from now on, what the one before has sealed still opens, and it seals no more', async () => {
  const kms = localKms(dynamodb);
  await kms('Encrypt', { KeyId: DATA_KEY, Plaintext: 'eA==' });
  dynamodb.aws.createKey('mrk-1', {});
  const both = new ShowableKeys(new SealedTexts(kms, 'mrk-1', DATA_KEY));
  const [old, anew] = [
    await keys.keep(PLACE, minted('sub_live_old')),
    await both.keep(PLACE, minted('sub_live_new')),
  ];
  expect(await both.open(PLACE, old, pepper)).toBe('sub_live_old');
  expect(await both.open(PLACE, anew, pepper)).toBe('sub_live_new');
  expect(await keys.open(PLACE, anew, pepper)).toBeUndefined();
  expect(await both.open({ ...PLACE, slot: 'secondary' }, old, pepper)).toBeUndefined();
});

test('a text that was the slot’s before is not shown for the one that it has now', async () => {
  const before = await keys.keep(PLACE, minted('before'));
  expect(await keys.open(PLACE, { ...minted('now'), sealed: before.sealed }, pepper)).toBeUndefined();
});

test.each([undefined, 'bm90aGluZw=='])('of %p nothing is shown', async (sealed) => {
  expect(await keys.open(PLACE, { ...minted('text'), sealed }, pepper)).toBeUndefined();
});

test('what KMS takes no more is refused and not cut', async () => {
  await expect(keys.keep(PLACE, minted('x'.repeat(4097)))).rejects.toThrow(RangeError);
});
