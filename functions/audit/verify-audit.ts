import * as z from 'zod';
import type { AnchorReading } from '../../core/domain/audit-anchor.ts';
import {
  checkChain,
  checkEnd,
  checkHead,
  type Head,
  type Standing,
  strayRecord,
  type Tampering,
} from '../../core/domain/audit-chain.ts';
import { DomainError } from '../../core/domain/domain-error.ts';
import { notFound } from '../../core/domain/not-found.ts';
import { actsFor } from '../../core/domain/person.ts';
import type { LockReading } from '../../core/domain/table-lock.ts';
import type { Surroundings } from '../../core/http/management-handler.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import type { auditSchemas } from '../../core/http/schemas/audit-schemas.ts';
import type { ChainReader } from '../../core/store/audit-chain-reader.ts';

export interface VerifyDependencies extends Surroundings {
  readonly chains: ChainReader;
  /** The signed heads of a chain. */
  readonly anchors: { read(tenantId: string | null): Promise<AnchorReading> };
  /** The policy that keeps everybody from changing the table. */
  readonly lock: { read(): Promise<LockReading> };
}

const headSchema = z.strictObject({ seq: z.int(), hash: z.string() });

/** Where a verification goes on: along the links, then along the records for such as have no link. */
const progressSchema = z.strictObject({
  tenantId: z.string().nullable(),
  head: headSchema.nullable(),
  /** The last link that was checked. */
  last: z
    .strictObject({ seq: z.int(), hash: z.string().nullable(), record: z.string().nullable() })
    .nullable(),
  isPastLinks: z.boolean(),
  /** Sort key of the last item that was looked at, in base64: somebody may have put in any bytes. */
  after: z.string().nullable(),
});
type Progress = z.output<typeof progressSchema>;

type Request = OperationRequest<typeof auditSchemas.verifyAudit>;

/**
 * Checks a part of a chain: that each record stands unchanged at its number, that none is missing before its
 * end, and that no record is there without a number; and against the heads that were signed meanwhile, and
 * one that is given, that it is the chain that it was and that nothing was cut off since. And whether the
 * table's policy, which is to let nobody do any of that, is the one that was deployed.
 */
export async function verifyAudit(
  { person, query, occasion }: Request,
  { chains, anchors, lock }: VerifyDependencies,
): Promise<Answer> {
  const { tenantId = null, head = null, cursor } = query;
  if (tenantId === null ? person.tenants !== '*' : !actsFor(person, tenantId)) throw notFound();
  const progress =
    cursor === undefined
      ? { tenantId, head, last: null, isPastLinks: false, after: null }
      : decode(cursor, tenantId, head);
  // Before the chain: what is signed meanwhile may be of links that were not there when it was read.
  const [anchored, locked] = await Promise.all([
    anchors.read(tenantId),
    cursor === undefined ? lock.read() : null,
  ]);
  const part = progress.isPastLinks
    ? await verifyRecords(progress, chains)
    : await verifyLinks(progress, chains, anchored, occasion.now);
  const { last } = part.progress;
  return {
    status: 200,
    body: {
      tenantId,
      checked: part.checked,
      tampering: [...(cursor === undefined ? anchored.tampering : []), ...part.tampering],
      unproven: part.unproven,
      head: last && last.hash !== null ? { seq: last.seq, hash: last.hash } : null,
      anchors: presentAnchors(anchored),
      lock: locked,
      nextCursor: part.isOver ? null : encode(part.progress),
    },
  };
}

function presentAnchors({ place, state, reason, anchors }: AnchorReading) {
  const newest = anchors.at(-1);
  return {
    place,
    state,
    reason,
    count: anchors.length,
    newest: newest ? { seq: newest.seq, hash: newest.hash, signedAt: newest.signedAt } : null,
  };
}

interface Part {
  readonly checked: number;
  readonly tampering: readonly Tampering[];
  /** How many of the newest records come after every head; null where the links go on, or are over. */
  readonly unproven: number | null;
  readonly progress: Progress;
  readonly isOver: boolean;
}

async function verifyLinks(
  progress: Progress,
  chains: ChainReader,
  { anchors }: AnchorReading,
  now: Date,
): Promise<Part> {
  const { items, end, more } = await chains.links(progress.tenantId, sortKeyIn(progress));
  const { tampering, last } = checkChain(items, progress.last ?? undefined, now);
  const heads = progress.head === null ? anchors : [...anchors, progress.head];
  const newest = heads.toSorted((a, b) => a.seq - b.seq).at(-1);
  const cut = more ? undefined : newest && checkEnd(newest, last);
  return {
    checked: items.length,
    tampering: [...tampering, ...headTampering(heads, items), ...(cut ? [cut] : [])],
    unproven: more ? null : Math.max(0, (last?.seq ?? 0) - (newest?.seq ?? 0)),
    progress: { ...progress, last: last ?? null, isPastLinks: !more, after: more ? inBase64(end) : null },
    isOver: false,
  };
}

/** A chain that was made anew differs from every head since; the first of them says where. */
function headTampering(heads: readonly Head[], standings: readonly Standing[]): readonly Tampering[] {
  const differing = heads.flatMap((head) => checkHead(head, standings) ?? []);
  return differing.toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0)).slice(0, 1);
}

async function verifyRecords(progress: Progress, chains: ChainReader): Promise<Part> {
  const { items, end, more } = await chains.records(progress.tenantId, sortKeyIn(progress));
  const tampering = items.flatMap(({ position, seq, link }) => strayRecord(position, seq, link) ?? []);
  return {
    checked: 0,
    tampering,
    unproven: null,
    progress: { ...progress, after: inBase64(end) },
    isOver: !more,
  };
}

function sortKeyIn({ after }: Progress): string | null {
  return after === null ? null : Buffer.from(after, 'base64').toString();
}

function inBase64(sortKey: string | null): string | null {
  return sortKey === null ? null : Buffer.from(sortKey).toString('base64');
}

function encode(progress: Progress): string {
  return Buffer.from(JSON.stringify(progress)).toString('base64url');
}

/** @throws DomainError `invalid_request` for a text that was not given out for this verification */
function decode(cursor: string, tenantId: string | null, head: Head | null): Progress {
  const progress = read(cursor);
  if (
    progress?.tenantId === tenantId &&
    progress.head?.seq === head?.seq &&
    progress.head?.hash === head?.hash
  )
    return progress;
  throw new DomainError(
    'invalid_request',
    'The cursor is not one that this verification gave out; start again without one',
    { param: 'cursor' },
  );
}

function read(cursor: string): Progress | undefined {
  try {
    return progressSchema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}
