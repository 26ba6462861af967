import * as z from 'zod';
import type { AnchorReading } from '../../core/domain/audit/audit-anchor.ts';
import {
  type ChainEntry,
  checkChain,
  checkEnd,
  checkHead,
  type Head,
  strayRecord,
  type Tampering,
} from '../../core/domain/audit/audit-chain.ts';
import type { LockReading } from '../../core/domain/audit/table-lock.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { notFound } from '../../core/domain/ground/not-found.ts';
import { sha256 } from '../../core/domain/ground/sha256.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { auditSchemas } from '../../core/management/schemas/audit-schemas.ts';
import type { ChainReader } from '../../core/store/audit-chain-reader.ts';
import type { RevisionStore } from '../../core/store/revision-store.ts';
import { type MissingRevisions, missingIn } from './missing-revisions.ts';

export interface VerifyDependencies extends HandlerDependencies {
  readonly chains: ChainReader;
  /** The signed heads of a chain. */
  readonly anchors: { read(tenantId: string | null): Promise<AnchorReading> };
  /** What items say of their changes. */
  readonly revisions: RevisionStore;
  /** The policy that keeps everybody from changing the table. */
  readonly lock: { read(): Promise<LockReading> };
}

const headSchema = z.strictObject({ seq: z.int(), hash: z.string() });

/**
 * Where a verification goes on: along the links, then along the records for such as have no link, and where it is
 * asked for along the items for changes of which there is no record.
 */
const progressSchema = z.strictObject({
  tenantId: z.string().nullable(),
  head: headSchema.nullable(),
  /** The last link that was checked. */
  last: z
    .strictObject({ seq: z.int(), hash: z.string().nullable(), record: z.string().nullable() })
    .nullable(),
  phase: z.enum(['links', 'records', 'items']),
  complete: z.boolean(),
  /** Of the lists of items, which one. */
  list: z.int().min(0),
  /** Sort key of the last item that was looked at, in base64: somebody may have put in any bytes. */
  after: z.string().nullable(),
});
type Progress = z.output<typeof progressSchema>;

type Request = OperationRequest<typeof auditSchemas.verifyAudit>;

/**
 * Checks a part of a chain: that each record stands unchanged at its number, that none is missing before its
 * end, and that no record is there without a number; and against the heads that were signed meanwhile, and
 * one that is given, that it is the chain that it was and that nothing was cut off since. Where it is to be
 * complete, also that every change of an item has its event in the log. And whether the table's policy, which is
 * to let nobody do any of that, is the one that was deployed.
 */
export async function verifyAudit(
  { person, query, context }: Request,
  { chains, anchors, revisions, lock }: VerifyDependencies,
): Promise<Answer> {
  const { tenantId = null, head = null, complete = false, cursor } = query;
  if (tenantId === null ? person.tenants !== '*' : !actsFor(person, tenantId)) throw notFound();
  const progress =
    cursor === undefined
      ? { tenantId, head, complete, last: null, phase: 'links' as const, list: 0, after: null }
      : decode(cursor, { tenantId, head, complete });
  // Before the chain: what is signed meanwhile may be of links that were not there when it was read.
  const [anchored, locked] = await Promise.all([
    anchors.read(tenantId),
    cursor === undefined ? lock.read() : null,
  ]);
  const part = await {
    links: () => verifyLinks(progress, chains, anchored, context.now),
    records: () => verifyRecords(progress, chains),
    items: () => verifyItems(progress, revisions, context.now),
  }[progress.phase]();
  const { last } = part.progress;
  return {
    status: 200,
    body: {
      tenantId,
      checked: part.checked,
      tampering: [...(cursor === undefined ? anchored.tampering : []), ...part.tampering],
      unproven: part.unproven,
      missing: part.missing ?? [],
      underWay: part.underWay ?? [],
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

interface Part extends Partial<MissingRevisions> {
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
  const { tampering, last } = checkChain(items, progress.last ?? undefined, now, sha256);
  const heads = progress.head === null ? anchors : [...anchors, progress.head];
  const newest = heads.toSorted((a, b) => a.seq - b.seq).at(-1);
  const cut = more ? undefined : newest && checkEnd(newest, last);
  return {
    checked: items.length,
    tampering: [...tampering, ...headTampering(heads, items), ...(cut ? [cut] : [])],
    unproven: more ? null : Math.max(0, (last?.seq ?? 0) - (newest?.seq ?? 0)),
    progress: {
      ...progress,
      last: last ?? null,
      phase: more ? 'links' : 'records',
      after: more ? inBase64(end) : null,
    },
    isOver: false,
  };
}

/** A chain that was made anew differs from every head since; the first of them says where. */
function headTampering(heads: readonly Head[], standings: readonly ChainEntry[]): readonly Tampering[] {
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
    progress: more
      ? { ...progress, after: inBase64(end) }
      : { ...progress, phase: 'items', list: 0, after: null },
    isOver: !more && !progress.complete,
  };
}

async function verifyItems(progress: Progress, revisions: RevisionStore, now: Date): Promise<Part> {
  const { tenantId, list } = progress;
  const part = await missingIn({ tenantId, list, after: sortKeyIn(progress) }, revisions, now);
  const { next, ...missing } = part;
  const progressed = next && { ...progress, list: next.list, after: inBase64(next.after) };
  return {
    checked: 0,
    tampering: [],
    unproven: null,
    ...missing,
    progress: progressed ?? progress,
    isOver: next === undefined,
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

type Asked = Pick<Progress, 'tenantId' | 'head' | 'complete'>;

/** @throws DomainError `invalid_request` for a text that was not given out for this verification */
function decode(cursor: string, { tenantId, head, complete }: Asked): Progress {
  const progress = read(cursor);
  if (
    progress?.tenantId === tenantId &&
    progress.complete === complete &&
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
