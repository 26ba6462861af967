import { generateKeyPair, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { readPrivateFile, writePrivateFile } from '../../emulator/private-file.ts';

const keysFile = z.object({
  /** Private, RSA: API Gateway's JWT authorizers verify RSA signatures and no others. */
  signingKey: z.looseObject({ kty: z.literal('RSA'), kid: z.string(), alg: z.literal('RS256') }),
  /** Sign the cookies of sign-in sessions. */
  cookieKeys: z.array(z.string()).min(1),
});

export type SigningKeys = z.infer<typeof keysFile>;

const keysPath = (dataDir: string) => join(dataDir, 'identity', 'keys.json');

/** The keys of this data folder; undefined where none have been made yet. */
export function readSigningKeys(dataDir: string): SigningKeys | undefined {
  return readPrivateFile(keysPath(dataDir), keysFile);
}

/** The keys of this data folder, made on first use. */
export async function seedSigningKeys(dataDir: string): Promise<SigningKeys> {
  const known = readSigningKeys(dataDir);
  if (known !== undefined) return known;
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const keys: SigningKeys = {
    signingKey: {
      ...privateKey.export({ format: 'jwk' }),
      kty: 'RSA',
      kid: randomBytes(12).toString('base64url'),
      alg: 'RS256',
      use: 'sig',
    },
    cookieKeys: [randomBytes(32).toString('base64url')],
  };
  writePrivateFile(keysPath(dataDir), keys);
  return keys;
}
