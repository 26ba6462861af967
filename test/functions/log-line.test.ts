import { expect, test } from '@jest/globals';
import { REFUSALS } from '../../core/contract/refusals.ts';
import { idOfEvents } from '../../functions/usage-consumer/log-batch.ts';
import { readAccess } from '../../functions/usage-consumer/log-line.ts';

const accessOf = (status: string, errorCode?: string) => {
  const line = { requestId: 'r', requestTimeEpoch: '1796014703320', status, ...(errorCode && { errorCode }) };
  return readAccess({ id: '1', timestamp: 1, message: JSON.stringify(line) });
};
const CODES = Object.keys(REFUSALS);

test.each(CODES)(
  'a line of a call that was refused with %s says so, and one of a call that was served does not',
  (code) => {
    for (const status of ['400', '401', '403', '429', '503'])
      expect(accessOf(status, code)?.refusedWith).toBe(code);
    expect(accessOf('399', code)?.refusedWith).toBeUndefined();
    expect(accessOf('200', code)?.refusedWith).toBeUndefined();
  },
);

test('what a backend itself answered is refused with nothing of ours', () => {
  expect(accessOf('403')?.refusedWith).toBeUndefined();
  expect(accessOf('403', 'no code of ours')?.refusedWith).toBeUndefined();
});

test('two batches have one id only where they are of the same events, in whatever order', () => {
  const idOf = (...ids: string[]) => idOfEvents(ids.map((id) => ({ id, timestamp: 1, message: '' })));
  expect(idOf('1', '23')).toBe(idOf('23', '1'));
  const different = [idOf('1', '23'), idOf('12', '3'), idOf('123'), idOf('1', '2', '3'), idOf()];
  expect(new Set(different).size).toBe(different.length);
});
