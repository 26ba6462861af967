import { keywright } from '../../shared/show/command-line.ts';
import type { KeyFields } from './changed-key.ts';
import type { Key } from './key.ts';

type Fields = Partial<KeyFields> & Partial<Pick<Key, 'type' | 'environment'>>;

/** The command that creates or changes a key; undefined where it could not say the metadata. */
export function keyCommand(tenantId: string, words: readonly string[], fields: Fields): string | undefined {
  const { name, type, environment, role, permissions, expiresAt, allowedCidrs, allowedOrigins } = fields;
  const { rateLimits, metadata } = fields;
  const pairs = metadata && Object.entries(metadata).map(([key, value]) => `${key}=${value}`);
  // Commas stand between pairs, and the first = between a name and its value.
  if (metadata && Object.entries(metadata).some(([key, value]) => /[,=]/.test(key) || value.includes(',')))
    return undefined;
  return keywright(['keys', ...words], {
    ...{ tenant: tenantId, name, type, environment, role },
    permissions: permissions === null ? 'none' : permissions?.join(','),
    expires: expiresAt === null ? 'never' : expiresAt,
    cidrs: allowedCidrs?.join(','),
    origins: allowedOrigins?.join(','),
    'rate-limits': rateLimits?.map(({ limit, windowSeconds }) => `${limit}/${windowSeconds}s`).join(','),
    metadata: pairs?.join(','),
  });
}
