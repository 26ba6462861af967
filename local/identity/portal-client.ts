import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { randomBase62 } from '../../core/domain/ground/base62.ts';
import { readPrivateFile, writePrivateFile } from '../../emulator/private-file.ts';

export const PORTAL_CLIENT_ID = 'keywright-portal';

const file = z.object({ clientSecret: z.string() });

/** The portal's client secret in this data folder, made up on first use. */
export function seedPortalSecret(dataDir: string): string {
  const path = join(dataDir, 'identity', 'portal-client.json');
  const known = readPrivateFile(path, file);
  if (known !== undefined) return known.clientSecret;
  const clientSecret = randomBase62(40, randomBytes);
  writePrivateFile(path, { clientSecret });
  return clientSecret;
}
