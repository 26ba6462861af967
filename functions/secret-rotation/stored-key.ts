import * as z from 'zod';
import { ID_LENGTH, type RandomBytes } from '../../core/domain/ground/base62.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';

const storedKey = z.looseObject({
  keywright: z.looseObject({
    type: z.enum(['apiKey', 'subscription']),
    id: z.string().regex(/^(?:key|sub)_[0-9A-Za-z]{12}$/),
    tenant: z.string(),
    probe: z.string().optional(),
  }),
  key: z.string(),
  clientKey: z.string().optional(),
});

/** A consumer's secret, as `keywright keys rotate --to-secrets-manager` writes it; whatever else it holds stays. */
export type StoredKey = z.output<typeof storedKey>;

/** @throws Error for what is none, without quoting it */
export function parseStoredKey(json: string | undefined): StoredKey {
  const { success, data } = storedKey.safeParse(jsonOf(json));
  if (success) return data;
  throw new Error(
    'The secret is no key of Keywright’s; expected {"keywright":{"type":"apiKey","id":"key_…","tenant":"tenant_…"},"key":"sk_…"}.',
  );
}

/** Node quotes what it can't read, which may be a key. */
function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** The operator's own prefix, where keys have one. */
const PREFIX = /^(?:([a-z0-9]{2,20})_)?(?:pk|sk|sub)_(?:dev|live)_/;

/**
 * The same with another key: of the same form and id, its secret drawn anew.
 * @throws Error for a key that Keywright did not issue, or that is another credential's, without quoting it
 */
export function withNewKey(stored: StoredKey, randomBytes: RandomBytes): StoredKey {
  const [, vendor = ''] = PREFIX.exec(stored.key) ?? [];
  const format = new KeyFormat(vendor);
  const key = format.parse(stored.key);
  if (key === undefined || key.id !== stored.keywright.id.slice(-ID_LENGTH)) {
    throw new Error(
      `The secret’s key is none of ${stored.keywright.id}, so that the next one can’t be made after it: store one that Keywright issued for it.`,
    );
  }
  return { ...stored, key: format.mint(key.kind, key.environment, key.id, randomBytes) };
}
