import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Person } from '../../local/identity/people.ts';
import { readPasswords, seedPeople } from '../../local/identity/people.ts';
import { authenticatorOf, createSignIn } from '../../local/identity/sign-in.ts';
import type { IdentityStore } from '../../local/identity/store.ts';
import { openIdentityStore } from '../../local/identity/store.ts';

const email = 'admin@keywright.test';

let folder: string;
let people: readonly Person[];
let person: Person;
let password: string;
let store: IdentityStore;
let now = new Date('2026-11-22T12:00:00Z');

const clock = () => now;
const pass = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};
const code = (periods = 0) =>
  authenticatorOf(person, String(person.totpSecret)).generate({
    timestamp: now.getTime() + periods * 30_000,
  });
const open = () => openIdentityStore(join(folder, 'identity', 'sessions.sqlite'), clock);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-sign-in-'));
  people = await seedPeople(folder);
  person = people.find((candidate) => candidate.email === email) as Person;
  password = readPasswords(folder)[email] as string;
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  store = open();
});

afterEach(() => {
  store.close();
  rmSync(join(folder, 'identity', 'sessions.sqlite'));
});

test('a code is taken once, and no older one after it', () => {
  const signIn = createSignIn(people, store, clock);
  expect(signIn.checkCode(person.sub, code()).kind).toBe('accepted');
  expect(signIn.checkCode(person.sub, code()).kind).toBe('refused');
  expect(signIn.checkCode(person.sub, code(-1)).kind).toBe('refused');
  pass(30);
  expect(signIn.checkCode(person.sub, code()).kind).toBe('accepted');
});

test('a code of two periods ago is refused', () => {
  expect(createSignIn(people, store, clock).checkCode(person.sub, code(-2)).kind).toBe('refused');
});

test('wrong codes in a row block the account, longer each time, across restarts', async () => {
  let signIn = createSignIn(people, store, clock);
  const guess = () => signIn.checkCode(person.sub, '000000x');
  for (let i = 0; i < 5; i++) expect(guess().kind).toBe('refused');
  expect(guess()).toEqual({ kind: 'blocked', retryAfterSeconds: 30 });
  store.close();
  store = open();
  signIn = createSignIn(people, store, clock);
  expect(await signIn.checkPassword(email, password)).toEqual({ kind: 'blocked', retryAfterSeconds: 30 });
  pass(30);
  expect(guess().kind).toBe('refused');
  expect(guess()).toEqual({ kind: 'blocked', retryAfterSeconds: 60 });
  pass(60);
  for (let i = 0; i < 10; i++) {
    guess();
    pass(15 * 60);
  }
  guess();
  expect(guess()).toEqual({ kind: 'blocked', retryAfterSeconds: 15 * 60 });
});

test('the right password does not wipe out wrong codes', async () => {
  const signIn = createSignIn(people, store, clock);
  for (let i = 0; i < 5; i++) {
    expect((await signIn.checkPassword(email, password)).kind).toBe('accepted');
    expect(signIn.checkCode(person.sub, 'wrong').kind).toBe('refused');
  }
  expect((await signIn.checkPassword(email, password)).kind).toBe('blocked');
});

test('a finished sign-in forgives the failures before it', async () => {
  const signIn = createSignIn(people, store, clock);
  for (let i = 0; i < 4; i++) await signIn.checkPassword(email, 'wrong');
  expect((await signIn.checkPassword(email, password)).kind).toBe('accepted');
  expect(signIn.checkCode(person.sub, code()).kind).toBe('accepted');
  for (let i = 0; i < 4; i++) expect((await signIn.checkPassword(email, 'wrong')).kind).toBe('refused');
});

test('guesses sent at once are counted as if sent one by one', async () => {
  const signIn = createSignIn(people, store, clock);
  const outcomes = await Promise.all(Array.from({ length: 12 }, () => signIn.checkPassword(email, 'wrong')));
  expect(outcomes.filter(({ kind }) => kind === 'refused')).toHaveLength(5);
});

test('one account blocked leaves the others open', async () => {
  const signIn = createSignIn(people, store, clock);
  for (let i = 0; i < 6; i++) signIn.checkCode(person.sub, 'wrong');
  const other = 'auditor@keywright.test';
  const outcome = await signIn.checkPassword(other, readPasswords(folder)[other] as string);
  expect(outcome.kind).toBe('accepted');
});
