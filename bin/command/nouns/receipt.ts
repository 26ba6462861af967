import type { paths } from '../../../client/keywright-client.ts';
import { type Column, exactTime } from '../format.ts';
import type { Run } from '../run.ts';
import { keyNamed } from './key-named.ts';
import { stopping, watchSeconds } from './overlap.ts';

const RECEIPT = '/v1/tenants/{tenantId}/keys/{keyId}/receipt';
type Receipt = paths[typeof RECEIPT]['get']['responses'][200]['content']['application/json'];

/** A second apart: a key is refused everywhere within five. */
const MOST_LOOKS = 5;

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

/** In one line, what is known once a call was refused; undefined before. */
export function stopInWords({
  lastAdmitted,
  firstRefusedAt,
}: Pick<Receipt, 'lastAdmitted' | 'firstRefusedAt'>): string | undefined {
  if (firstRefusedAt === null) return undefined;
  const refused = `first refusal ${clockTime(firstRefusedAt)}`;
  if (lastAdmitted === null) return `No call admitted, ${refused}.`;
  const seconds = (Date.parse(firstRefusedAt) - Date.parse(lastAdmitted.at)) / 1000;
  // Calls of one moment are let in here and refused there.
  const apart = lastAdmitted.isExact && seconds >= 0 ? ` (${seconds.toFixed(1)} s)` : '';
  return `Last admitted call ${clockTime(lastAdmitted.at)}${lastAdmitted.isExact ? '' : ' or up to a minute later'}, ${refused}${apart}.`;
}

/** `01:04:41.9`, of today. */
const clockTime = (iso: string): string => exactTime(iso)?.split(' ')[1]?.slice(0, -2) ?? iso;

/**
 * On a terminal, looks for a few seconds for the first refusal of a key that was stopped, and tells what is known
 * by then: logs may come later. In a pipe nobody waits for it.
 */
export async function tellStop(run: Run, path: { tenantId: string; keyId: string }): Promise<void> {
  if (!run.out.isTerminal || run.out.isJson || run.options.quiet) return;
  const stopped = stopping();
  let words: string | undefined;
  for (let look = 0; words === undefined && look < MOST_LOOKS; look++) {
    if (await stopped(1)) break;
    words = await run.api.GET(RECEIPT, { params: { path } }).then(
      ({ data }) => stopInWords(data),
      // The key is stopped, whatever is known of that.
      () => undefined,
    );
  }
  const unknown = `No call seen since. keywright keys receipt ${path.keyId} --watch waits for the first that is refused.`;
  run.out.note(words ?? unknown);
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
