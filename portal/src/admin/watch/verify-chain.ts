import {
  type ChainEntry,
  type Checked,
  checkChain,
  checkEnd,
  checkHead,
  digestedTexts,
  type Head,
  type Tampering,
} from '../../../../core/domain/audit/audit-chain.ts';
import { get } from '../../shared/api/api.ts';

/** What a chain came to, by this browser's own reckoning. */
export interface Verified {
  /** The last record, and the hash that stands for all before it; undefined for a chain without any, or one that ends wrongly. */
  readonly head: Head | undefined;
  readonly tampering: readonly Tampering[];
}

interface Wanted {
  /** Undefined for the chain of what belongs to no tenant. */
  readonly tenantId: string | undefined;
  /** Heads that are known from elsewhere. */
  readonly heads: readonly Head[];
  readonly signal: AbortSignal;
  readonly onProgress: (checked: number) => void;
}

/** Reads a chain part by part and checks each with the rules that the server has, and hashes that are made here. */
export async function verifyChain({ tenantId, heads, signal, onProgress }: Wanted): Promise<Verified> {
  const tampering: Tampering[] = [];
  let last: Checked | undefined;
  let after: number | null = 0;
  const now = new Date();
  while (after !== null) {
    const query = { ...(tenantId !== undefined && { tenantId }), after };
    const part: Awaited<ReturnType<typeof read>> = await read(query, signal);
    const digests = await digestsOf(digestedTexts(part.items));
    const checked = checkChain(part.items, last, now, (text) => digests.get(text) ?? '');
    tampering.push(...checked.tampering, ...heads.flatMap((head) => checkHead(head, part.items) ?? []));
    last = checked.last;
    after = part.next;
    onProgress(last?.seq ?? 0);
  }
  tampering.push(...heads.flatMap((head) => checkEnd(head, last) ?? []));
  const head = last?.hash == null ? undefined : { seq: last.seq, hash: last.hash };
  return { head, tampering };
}

async function read(query: { tenantId?: string; after: number }, signal: AbortSignal) {
  const { items, next } = await get('/v1/audit/chain', { query }, signal);
  const entries = items.map(
    ({ seq, link, record }) =>
      ({ seq, link: link ?? undefined, record: record ?? undefined }) as unknown as ChainEntry,
  );
  return { items: entries, next };
}

/** SHA-256 in hexadecimal, by the browser. */
async function digestsOf(texts: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const encoder = new TextEncoder();
  const made = texts.map(async (text) => {
    const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
    return [text, Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')] as const;
  });
  return new Map(await Promise.all(made));
}
