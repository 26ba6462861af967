import type { paths } from '../../../client/keywright-client.ts';
import { type Column, exactTime } from '../format.ts';
import type { Run } from '../run.ts';
import { keyNamed } from './key-named.ts';
import { stopping, watchSeconds } from './overlap.ts';

const RECEIPT = '/v1/tenants/{tenantId}/keys/{keyId}/receipt';
type Receipt = paths[typeof RECEIPT]['get']['responses'][200]['content']['application/json'];

const FIELDS: readonly Column<Receipt>[] = [
  { name: 'keyId', of: ({ keyId }) => keyId },
  { name: 'ended', of: ({ endedAt }) => exactTime(endedAt) },
  { name: 'lastAdmitted', of: ({ lastAdmitted }) => lastAdmitted && admittedInWords(lastAdmitted) },
  { name: 'firstRefused', of: ({ firstRefusedAt }) => exactTime(firstRefusedAt) },
];

function admittedInWords({ at, isExact }: NonNullable<Receipt['lastAdmitted']>): string {
  return `${exactTime(at)}${isExact ? '' : ' (or up to a minute later)'}`;
}

/** What a receipt comes to, in one line. */
export function receiptInWords({ endedAt, lastAdmitted, firstRefusedAt }: Receipt): string {
  const admitted =
    lastAdmitted === null ? 'no call admitted' : `last admitted ${admittedInWords(lastAdmitted)}`;
  if (endedAt === null) return `Not stopped, or that is not known yet; ${admitted}.`;
  const ended = exactTime(endedAt);
  if (firstRefusedAt === null) return `No call seen since it was stopped at ${ended}; ${admitted}.`;
  const from = lastAdmitted !== null && lastAdmitted.at > firstRefusedAt ? lastAdmitted.at : firstRefusedAt;
  return `Stopped ${ended}; ${admitted}, first refused ${exactTime(firstRefusedAt)}; 0 admitted after ${exactTime(from)}.`;
}

/** Shows the calls around a key's end, once or until Ctrl-C. */
export async function receipt(run: Run): Promise<void> {
  const path = await keyNamed(run, run.arg(0));
  const seconds = watchSeconds(run.options.watch);
  const stopped = stopping();
  for (;;) {
    const { data } = await run.api.GET(RECEIPT, { params: { path } });
    run.out.item(data, data.keyId, FIELDS as readonly Column<never>[]);
    run.out.note(receiptInWords(data));
    if (seconds === undefined || data.firstRefusedAt !== null || (await stopped(seconds))) return;
  }
}
