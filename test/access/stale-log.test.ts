import { expect, test } from '@jest/globals';
import { staleLog } from '../../core/access/stale-log.ts';

test('every use of an old record is counted, and one line a second written', () => {
  const lines: Record<string, unknown>[] = [];
  let clock = 0;
  const note = staleLog(
    (line) => lines.push(JSON.parse(line)),
    () => clock,
  );
  for (clock = 0; clock <= 3000; clock += 10) note(clock, new Error('connect ECONNREFUSED'));
  expect(lines.map(({ StaleDecisions }) => StaleDecisions)).toEqual([1, 100, 100, 100]);
  expect(lines.at(-1)).toMatchObject({
    oldestMilliseconds: 3000,
    error: { message: 'connect ECONNREFUSED' },
    _aws: { CloudWatchMetrics: [{ Namespace: 'Keywright', Metrics: [{ Name: 'StaleDecisions' }] }] },
  });
});
