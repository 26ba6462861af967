import { useState } from 'react';
import { isWaiting } from '../../../../client/keywright-client.ts';
import { api } from '../../shared/api/api.ts';
import { isAnsweredElsewhere, useChange } from '../../shared/api/change.ts';
import { KEY, type Key, STALE_WITH_KEY } from './key.ts';
import { paramsOf } from './use-key-change.ts';

export type BulkOperation = 'disable' | 'revoke';

/** What has come of one key: it is done, waits for a second admin, or was left as it is. */
export type RowResult =
  | { readonly kind: 'running' | 'done' | 'waits' }
  | { readonly kind: 'failed'; readonly message: string };

/** So many at once: more would be too many requests for one person. */
const AT_ONCE = 3;

export const WORDS = {
  disable: { done: 'Disabled', verb: 'Disable' },
  revoke: { done: 'Revoked', verb: 'Revoke' },
} as const;

/** Whether an operation can come to anything: ended keys stay as they are. */
export function isOpenTo(operation: BulkOperation, { status }: Key): boolean {
  return status === 'active' || (operation === 'revoke' && status === 'disabled');
}

/**
 * One operation on several keys, each by itself: what fails stops no other. Where a sign-in is wanted first, the rest
 * is left for after it.
 */
export function useBulkChange(operation: BulkOperation, keys: readonly Key[]) {
  const [results, setResults] = useState<ReadonlyMap<string, RowResult>>(new Map());
  const note = ({ keyId }: Key, result: RowResult | undefined) =>
    setResults((before) => {
      const after = new Map(before);
      if (result === undefined) after.delete(keyId);
      else after.set(keyId, result);
      return after;
    });
  const runOne = async (key: Key, reason: string): Promise<RowResult> => {
    note(key, { kind: 'running' });
    try {
      const result = await send(operation, key, reason);
      const done: RowResult = { kind: isWaiting(result) ? 'waits' : 'done' };
      note(key, done);
      return done;
    } catch (error) {
      if (isAnsweredElsewhere(error)) {
        note(key, undefined);
        throw error;
      }
      const failed: RowResult = { kind: 'failed', message: (error as Error).message };
      note(key, failed);
      return failed;
    }
  };
  const change = useChange(
    async (reason: string) => {
      const left = keys.filter(({ keyId }) => !['done', 'waits'].includes(results.get(keyId)?.kind ?? ''));
      const came: RowResult[] = [];
      for (let at = 0; at < left.length; at += AT_ONCE)
        came.push(...(await Promise.all(left.slice(at, at + AT_ONCE).map((key) => runOne(key, reason)))));
      return came;
    },
    {
      stale: STALE_WITH_KEY,
      done: (came) => ({
        type: came.some(({ kind }) => kind === 'failed') ? 'warning' : 'success',
        header: summaryOf(operation, came),
      }),
    },
  );
  return { results, change };
}

async function send(operation: BulkOperation, key: Key, reason: string): Promise<object> {
  const params = paramsOf(key);
  const body = reason === '' ? {} : { reason };
  if (operation === 'disable') return (await api.POST(`${KEY}/disable`, { ...params, body })).data;
  return (await api.POST(`${KEY}/revoke`, { ...params, body })).data;
}

/** "2 disabled, 1 waits for a second admin, 1 left as it is". */
function summaryOf(operation: BulkOperation, results: readonly RowResult[]): string {
  const many = (kind: RowResult['kind']) => results.filter((result) => result.kind === kind).length;
  const [done, waits, failed] = [many('done'), many('waits'), many('failed')];
  return [
    ...(done > 0 ? [`${done} ${WORDS[operation].done.toLowerCase()}`] : []),
    ...(waits > 0 ? [`${waits} ${waits === 1 ? 'waits' : 'wait'} for a second admin`] : []),
    ...(failed > 0 ? [`${failed} left as ${failed === 1 ? 'it is' : 'they are'}`] : []),
  ].join(', ');
}
