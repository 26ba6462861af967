import { randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Secret } from 'otpauth';
import * as z from 'zod';
import type { Role } from '../../core/contract/management-route.ts';
import { randomBase62 } from '../../core/domain/ground/base62.ts';
import { readPrivateFile, writePrivateFile } from '../../emulator/private-file.ts';

/** Somebody who can sign in. `tenants` are those to act for; `*` is all. Who acts for none has no role. */
export interface Person {
  readonly sub: string;
  readonly email: string;
  readonly role: Role | null;
  readonly tenants: readonly string[];
  readonly password: PasswordHash;
  /** Base32, as authenticator apps take it; null for somebody whose first sign-in has yet to set it up. */
  readonly totpSecret: string | null;
}

/** scrypt at Node's own cost, enough for random passwords of 119 bits; both members base64url. */
interface PasswordHash {
  readonly salt: string;
  readonly hash: string;
}

const peopleFile = z.object({
  people: z.array(
    z.object({
      sub: z.string(),
      email: z.string(),
      role: z.enum(['admin', 'developer', 'auditor']).nullable(),
      tenants: z.array(z.string()),
      password: z.object({ salt: z.string(), hash: z.string() }),
      totpSecret: z.string().nullable(),
    }),
  ),
});

const passwordsFile = z.record(z.string(), z.string());

const DEMO_PEOPLE: readonly Pick<Person, 'email' | 'role' | 'tenants'>[] = [
  { email: 'admin@keywright.test', role: 'admin', tenants: ['*'] },
  { email: 'second-admin@keywright.test', role: 'admin', tenants: ['*'] },
  { email: 'developer@keywright.test', role: 'developer', tenants: ['tenant_acme'] },
  { email: 'auditor@keywright.test', role: 'auditor', tenants: ['*'] },
  { email: 'newcomer@keywright.test', role: null, tenants: [] },
];

const peoplePath = (dataDir: string) => join(dataDir, 'identity', 'people.json');
const passwordsPath = (dataDir: string) => join(dataDir, 'identity', 'passwords.json');

/** Everybody known to this data folder; undefined where nobody has been seeded yet. */
export function readPeople(dataDir: string): readonly Person[] | undefined {
  return readPrivateFile(peoplePath(dataDir), peopleFile)?.people;
}

/**
 * What these people would keep in their password managers: passwords by e-mail. Identity itself
 * never reads this; it knows the hashes.
 */
export function readPasswords(dataDir: string): Readonly<Record<string, string>> {
  return readPrivateFile(passwordsPath(dataDir), passwordsFile) ?? {};
}

/** The people of this data folder, made up with passwords and TOTP secrets of their own on first use. */
export async function seedPeople(dataDir: string): Promise<readonly Person[]> {
  const known = readPeople(dataDir);
  if (known !== undefined) return known;
  const passwords: Record<string, string> = {};
  const people = await Promise.all(
    DEMO_PEOPLE.map(async (person): Promise<Person> => {
      const password = randomBase62(20, randomBytes);
      passwords[person.email] = password;
      return {
        sub: randomUUID(),
        ...person,
        password: await hashPassword(password),
        totpSecret: new Secret({ size: 20 }).base32,
      };
    }),
  );
  // The people come last: while they are missing, a start that was cut short makes both files anew.
  writePrivateFile(passwordsPath(dataDir), passwords);
  writePrivateFile(peoplePath(dataDir), { people });
  return people;
}

const deriveKey = promisify<string, Buffer, number, Buffer>(scrypt);
const HASH_BYTES = 32;

async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  const hash = await deriveKey(password, salt, HASH_BYTES);
  return { salt: salt.toString('base64url'), hash: hash.toString('base64url') };
}

/** Hash of nobody's password, so that an unknown e-mail address costs the same work as a known one. */
const NOBODY: PasswordHash = {
  salt: randomBytes(16).toString('base64url'),
  hash: randomBytes(HASH_BYTES).toString('base64url'),
};

/** Whether this is the person's password; with no person, the same work and false. */
export async function passwordMatches(person: Person | undefined, password: string): Promise<boolean> {
  const expected = person?.password ?? NOBODY;
  const salt = Buffer.from(expected.salt, 'base64url');
  const derived = await deriveKey(password, salt, HASH_BYTES);
  return timingSafeEqual(derived, Buffer.from(expected.hash, 'base64url')) && person !== undefined;
}
