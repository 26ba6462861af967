import type { Answer } from '../api/answers.ts';

type Operation = Answer<'/v1/me'>['can'][number];

/** Where something is mended, and what the button says that leads there. */
export interface Way {
  readonly text: string;
  readonly href: string;
  /** What the person must be allowed to do for it. */
  readonly needs: Operation;
}

/** A refusal, as far as it says what mends it. */
interface Mendable {
  readonly cause: string;
  readonly keyId: string | null;
  readonly tenantId: string | null;
  /** /24 or /48; absent where nobody knows one. */
  readonly network?: string;
  readonly mend: { readonly operation: string | null };
}

/** The way to what mends a refusal; undefined where the caller has to, or where no page does it. */
export function wayToMend({ cause, keyId, tenantId, network, mend }: Mendable): Way | undefined {
  if (mend.operation === 'createSubscription')
    return { text: 'See the catalogue', href: '/', needs: 'createSubscription' };
  if (mend.operation === 'createApi')
    return { text: 'See the APIs', href: '/admin/all/apis', needs: 'createApi' };
  if (tenantId === null) return undefined;
  const tenant = `/admin/tenants/${encodeURIComponent(tenantId)}`;
  const key = keyId?.startsWith('key_') === true ? `${tenant}/keys/${encodeURIComponent(keyId)}` : undefined;
  const queue = `${tenant}/queue?${new URLSearchParams({ tab: 'subscriptions', state: 'any' })}`;
  const edit = (text: string, added: Record<string, string> = {}): Way | undefined =>
    key === undefined
      ? undefined
      : { text, href: `${key}/edit?${new URLSearchParams(added)}`, needs: 'updateKey' };
  const ways: Partial<Record<string, Way | undefined>> = {
    enableKey: key ? { text: 'Enable the key', href: `${key}?do=enable`, needs: 'enableKey' } : undefined,
    rotateKey: key ? { text: 'Rotate the key', href: `${key}?do=rotate`, needs: 'rotateKey' } : undefined,
    createKey: { text: 'Create a key', href: `${tenant}/keys/new`, needs: 'createKey' },
    updateTenant: { text: 'Go to the tenant’s settings', href: `${tenant}/settings`, needs: 'updateTenant' },
    putRole: edit('Change what the key may do'),
    approveSubscription: { text: 'Decide on it', href: queue, needs: 'approveSubscription' },
    resumeSubscription: { text: 'Resume it', href: queue, needs: 'resumeSubscription' },
    revealClientKey: { text: 'See the API’s client key', href: '/admin/all/apis', needs: 'revealClientKey' },
    updateKey:
      cause === 'network_not_allowed' && network !== undefined && network !== '-'
        ? edit(`Allow ${network}`, { network })
        : edit('Edit the key'),
  };
  return mend.operation !== null && Object.hasOwn(ways, mend.operation) ? ways[mend.operation] : undefined;
}
