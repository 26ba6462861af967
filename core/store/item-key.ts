import { createHash } from 'node:crypto';
import type { AuditEvent } from '../contract/events.ts';
import { type ItemRevision, teamIdOf } from '../domain/audit/item-revision.ts';
import { eventPosition } from '../domain/ground/event-id.ts';
import type { Digest } from '../domain/keys/pepper.ts';
import type { UsageSubject } from '../domain/usage/usage-tally.ts';

/*
 * Every `pk` and `sk` is made here and nowhere else. Each maker is an export of its own, so that a function's bundle
 * holds those that it uses.
 */

/** The primary key of an item of the main table. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** Partition of audit records that belong to no tenant. */
const NO_TENANT = '-';
/** As many as the largest whole number has that a JavaScript number holds exactly. */
const NUMBER_DIGITS = 16;

/** A credential, by the 12 characters inside its key. */
export const credential = (id: string): ItemKey => ({ pk: `CRED#${id}`, sk: 'CRED' });
export const tenant = (tenantId: string): ItemKey => ({ pk: `TENANT#${tenantId}`, sk: 'TENANT' });
export const api = (apiId: string): ItemKey => ({ pk: `API#${apiId}`, sk: 'API' });
/** That a request with an `Idempotency-Key`, by its hash, asked for a tenant, an API or a product, under whichever id. */
export const request = (kind: 'TENANT' | 'API' | 'PRODUCT', hash: string): ItemKey => ({
  pk: `${kind}#${hash}`,
  sk: 'REQUEST',
});
/** A part of a long text of a product or an API. */
export const documentPart = (owner: string, { id, part }: { id: string; part: number }): ItemKey => ({
  pk: `DOCUMENT#${owner}`,
  sk: `${id}#${part}`,
});
/** What a developer has asked for in a tenant and is open, so that it can be counted. */
export const openRequests = (tenantId: string, person: string): ItemKey => ({
  pk: `OPEN#${tenantId}`,
  sk: createHash('sha256').update(person).digest('hex'),
});
/** A tenant's members and open invitations. */
export const team = (tenantId: string): ItemKey => ({ pk: `TEAM#${teamIdOf(tenantId)}`, sk: 'TEAM' });
/** The tenants in whose teams a person may be found. */
export const person = (sub: string): ItemKey => ({
  pk: `PERSON#${createHash('sha256').update(sub).digest('hex')}`,
  sk: 'PERSON',
});
/** Somebody's sign-in in one browser: `session_` and the cookie's SHA-256. */
export const session = (sessionId: string): ItemKey => ({
  pk: `SESSION#${sessionId.replace(/^session_/, '')}`,
  sk: 'SESSION',
});
/** That somebody wants to act for a tenant without an invitation. */
export const signUp = (signUpId: string): ItemKey => ({ pk: `SIGNUP#${signUpId}`, sk: 'SIGNUP' });
/** Who got a tenant of one's own by signing up on a day, so that they can be counted. */
export const newcomers = (day: string): ItemKey => ({ pk: `SIGNUP#${day}`, sk: 'DAY' });
/** Where and what of a person is mailed. */
export const addressee = (sub: string): ItemKey => ({
  pk: `ADDRESSEE#${createHash('sha256').update(sub).digest('hex')}`,
  sk: 'ADDRESSEE',
});
/** The hashes of an invitation's tokens that were mailed. */
export const mailedTokens = (invitationId: string): ItemKey => ({
  pk: `TOKENS#${invitationId}`,
  sk: 'TOKENS',
});
/** That somebody, by the hash of the address, was mailed of something, or is being mailed. */
export const sentMail = (about: string, addressHash: string): ItemKey => ({
  pk: `MAIL#${about}`,
  sk: addressHash,
});
/** That mails to an address, by its hash, came back or were complained of. */
export const suppressedMail = (addressHash: string): ItemKey => ({
  pk: `SUPPRESSED#${addressHash}`,
  sk: 'SUPPRESSED',
});
/** What the digest of a day tells of one subject. */
export const digestEntry = (day: string, type: string, subjectId: string): ItemKey => ({
  pk: `DIGEST#${day}`,
  sk: `${type}#${subjectId}`,
});
export const product = (productId: string): ItemKey => ({ pk: `PRODUCT#${productId}`, sk: 'PRODUCT' });
export const approval = (approvalId: string): ItemKey => ({ pk: `APPROVAL#${approvalId}`, sk: 'APPROVAL' });
/** What an imported key is found by: a keyed digest of its fingerprint. */
export const alias = ({ pepper, hmac }: Digest): ItemKey => ({ pk: `ALIAS#${pepper}#${hmac}`, sk: 'ALIAS' });
export const alert = (alertId: string): ItemKey => ({ pk: `ALERT#${alertId}`, sk: 'ALERT' });
/** A network that a credential has been used from, in the regional table. */
export const seenNetwork = (credentialId: string, network: string): ItemKey => ({
  pk: `SEEN#${credentialId}`,
  sk: network,
});
/** Where nothing ever is: read in place of what there is not, so that as much is read. */
export const nothing = (credentialId: string, n: number): ItemKey => ({
  pk: `CRED#${credentialId}#${n}`,
  sk: '-',
});
/** When a credential was last used, in the usage table. */
export const lastUse = (credentialId: string): ItemKey => ({ pk: `USED#${credentialId}`, sk: 'USED' });
/** When credentials of one list were last used of late, in the usage table. */
export const recentUses = (shard: number): ItemKey => ({ pk: `USED#recent#${shard}`, sk: 'RECENT' });
/** What is known of the calls around a credential's end, in the usage table. */
export const receipt = (credentialId: string): ItemKey => ({ pk: `ENDED#${credentialId}`, sk: 'ENDED' });
/** That a credential, by its public id, has ended at a time, in the usage table: by time, for whoever asks which have of late. */
export const ending = (at: string, keyId: string): ItemKey => ({ pk: 'ENDED#recent', sk: `${at}#${keyId}` });
/** How far the lines of a log are counted, in the usage table. @param log `<Region>:<log group>`; its Region alone may note it */
export const heard = (log: string): ItemKey => ({ pk: `HEARD#${log}`, sk: 'HEARD' });
/** A refusal, by the id of its request and that of its log line, in the usage table. */
export const refusal = (requestId: string, lineId: string): ItemKey => ({
  pk: `WHY#${requestId}`,
  sk: lineId,
});
/** How many refusals of a tenant's keys, or of nobody's, are kept of an hour, in the usage table. */
export const refusalCount = (tenantId: string | undefined, hour: string): ItemKey => ({
  pk: `WHYS#${tenantId ?? NO_TENANT}`,
  sk: hour,
});
/** What a credential has used of its limits' windows, in the regional table of the Region that counts it. */
export const limits = (credentialId: string, region: string): ItemKey => ({
  pk: `LIMIT#${credentialId}`,
  sk: region,
});
/** What was counted of a subject in an hour or a day, in the usage table; by period, hours and days apart. */
export const usage = (subject: UsageSubject, period: string): ItemKey => ({
  pk: usagePartition(subject),
  sk: usageSortKey(period),
});
/** That a part of a batch of log lines was counted, in the usage table. */
export const usageBatch = (batchId: string, part: number): ItemKey => ({
  pk: `BATCH#${batchId}#${part}`,
  sk: 'BATCH',
});
/** Where counts of files stand that are not settled yet, of one list of subjects, in the usage table. */
export const freshHead = (shard: number): ItemKey => ({ pk: `FRESH#${shard}`, sk: 'HEAD' });
/** Some of those counts: a piece of a part of a batch, by the set that is settled as one; without them where a set begins. */
export const fresh = (
  { shard, set }: { shard: number; set: number },
  of?: { batchId: string; part: number; piece: number },
): ItemKey => ({
  pk: `FRESH#${shard}`,
  sk: numberText(set) + (of === undefined ? '' : `#${of.batchId}#${of.part}#${of.piece}`),
});
/** What is remembered of a credential to know what is unusual for it, in the usage table. */
export const profile = (keyId: string): ItemKey => ({ pk: `PROFILE#${keyId}`, sk: 'PROFILE' });
/** Counts of what a tenant has, `*` for all tenants together, in the usage table. */
export const summary = (owner: string): ItemKey => ({ pk: `SUMMARY#${owner}`, sk: 'SUMMARY' });
/** What an item, by its public id, counts for in a summary. */
export const counted = (owner: string, id: string): ItemKey => ({ pk: `COUNTED#${owner}`, sk: id });
/** An audit record, in the audit table. */
export const audit = (event: Pick<AuditEvent, 'id' | 'time' | 'tenantId'>): ItemKey => ({
  pk: event.tenantId ?? NO_TENANT,
  sk: eventPosition(event),
});
/** That the audit log has the event of an item's revision, in the audit table. */
export const recorded = ({ item, revision }: ItemRevision): ItemKey => ({
  pk: `REVISION#${item}`,
  sk: numberText(revision),
});
/** That an event of an item's revision is missing from the audit log, in the main table. */
export const auditGap = ({ item, revision }: ItemRevision): ItemKey => ({
  pk: `GAP#${item}`,
  sk: numberText(revision),
});
/** Where the search for such gaps goes on, in the main table. */
export const auditGapSearch = (): ItemKey => ({ pk: 'SEARCH#audit-gaps', sk: 'SEARCH' });
/** What stands at a number of a tenant's chain of audit records, in the audit table. */
export const auditLink = (tenantId: string | null, seq: number): ItemKey => ({
  pk: `CHAIN#${tenantId ?? NO_TENANT}`,
  sk: numberText(seq),
});

/** A number as a text that sorts as it does. */
function numberText(number: number): string {
  return String(number).padStart(NUMBER_DIGITS, '0');
}

/** Where all counts of a subject are. */
function usagePartition(subject: UsageSubject): string {
  switch (subject.kind) {
    case 'credential':
      return `USE#${subject.keyId}`;
    case 'tenant':
      return `USE#${subject.tenantId}#${subject.environment}#${subject.keyType}`;
    case 'network':
      return `REFUSED#${subject.network}`;
    case 'namedKey':
      return `REFUSED#${subject.keyId}`;
  }
}

/** Sort key of a count; hours and days are lists of their own. */
function usageSortKey(period: string): string {
  return `${period.includes('T') ? 'HOUR' : 'DAY'}#${period}`;
}
