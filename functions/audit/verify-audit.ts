import * as z from 'zod';
import {
  checkEnd,
  checkHead,
  checkLinks,
  type Head,
  hasPassed,
  type Link,
  strayRecord,
  type Tampering,
} from '../../core/domain/audit-chain.ts';
import { DomainError } from '../../core/domain/domain-error.ts';
import { notFound } from '../../core/domain/not-found.ts';
import { actsFor } from '../../core/domain/person.ts';
import type { Surroundings } from '../../core/http/management-handler.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import type { auditSchemas } from '../../core/http/schemas/audit-schemas.ts';
import type { AuditChainReader } from '../../core/store/audit-chain-reader.ts';

export interface VerifyDependencies extends Surroundings {
  readonly chains: AuditChainReader;
}

const linkSchema = z.strictObject({
  seq: z.int(),
  hash: z.string(),
  record: z.string(),
  expires: z.int().nullable(),
});

/** Where a verification goes on: along the links, then along the records for such as have no link. */
const progressSchema = z.strictObject({
  tenantId: z.string().nullable(),
  head: z.strictObject({ seq: z.int(), hash: z.string() }).nullable(),
  /** The last link that was checked. */
  last: linkSchema.nullable(),
  /** Position of the last record that was looked at; null while links are left. */
  record: z.string().nullable(),
});
type Progress = z.output<typeof progressSchema>;

type Request = OperationRequest<typeof auditSchemas.verifyAudit>;

/**
 * Checks a part of a chain: that each record stands unchanged at its number, that none is missing, and that
 * no record is there without one; with an earlier head also that nothing was cut off since.
 */
export async function verifyAudit(
  { person, query, occasion }: Request,
  { chains }: VerifyDependencies,
): Promise<Answer> {
  const { tenantId = null, head = null, cursor } = query;
  if (tenantId === null ? person.tenants !== '*' : !actsFor(person, tenantId)) throw notFound();
  const progress =
    cursor === undefined ? { tenantId, head, last: null, record: null } : decode(cursor, tenantId, head);
  const part =
    progress.record === null
      ? await verifyLinks(progress, chains, occasion.now)
      : await verifyRecords(progress, chains, occasion.now);
  const { last } = part.progress;
  return {
    status: 200,
    body: {
      tenantId,
      checked: part.checked,
      tampering: part.tampering,
      head: last && { seq: last.seq, hash: last.hash },
      nextCursor: part.isOver ? null : encode(part.progress),
    },
  };
}

interface Part {
  readonly checked: number;
  readonly tampering: readonly Tampering[];
  readonly progress: Progress;
  readonly isOver: boolean;
}

async function verifyLinks(progress: Progress, chains: AuditChainReader, now: Date): Promise<Part> {
  const { tenantId, head, last } = progress;
  const { items, more } = await chains.links(tenantId, last?.seq ?? 0);
  const end = items.at(-1)?.link ?? last;
  const tampering = checkLinks(items, last ?? undefined, now);
  if (head !== null) {
    const links = items.map(({ link }) => link);
    if (last === null) requireKept(head, links[0]);
    tampering.push(...headTampering(head, links, more ? undefined : { end }));
  }
  return {
    checked: items.filter(({ link }) => !hasPassed(link.expires, now)).length,
    tampering,
    progress: { ...progress, last: end, record: more ? null : '' },
    isOver: false,
  };
}

/** @param over given where the links given are the chain's last */
function headTampering(
  head: Head,
  links: readonly Link[],
  over: { readonly end: Link | null } | undefined,
): Tampering[] {
  const found = [checkHead(head, links), over && checkEnd(head, over.end ?? undefined)];
  return found.filter((one) => one !== undefined);
}

/** @throws DomainError `invalid_request` when retention has taken the record of the head */
function requireKept(head: Head, first: Link | undefined): void {
  if (first === undefined || head.seq >= first.seq) return;
  throw new DomainError('invalid_request', 'The record of this head is no longer kept; give a newer head', {
    param: 'head',
  });
}

async function verifyRecords(progress: Progress, chains: AuditChainReader, now: Date): Promise<Part> {
  const { items, more } = await chains.records(progress.tenantId, progress.record || undefined);
  const tampering = items
    .filter(({ expires }) => !hasPassed(expires, now))
    .flatMap(({ record, link }) => strayRecord(record, link) ?? []);
  const record = items.at(-1)?.position ?? progress.record;
  return { checked: 0, tampering, progress: { ...progress, record }, isOver: !more };
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
