import { METRIC_NAMESPACE } from '../contract/deployment.ts';
import * as METRIC from '../contract/metrics.ts';
import { BEFORE_ALL, clockOf } from './clock.ts';
import type { WriteLine } from './refusal-log.ts';

/** A line a second and instance at most: in an outage every request uses an old record. */
const PAUSE_MILLISECONDS = 1000;

/**
 * Counts decisions by old records and writes them down from time to time, in CloudWatch's embedded metric
 * format. What was counted since an instance's last line is lost with the instance.
 */
export function staleLog(
  write: WriteLine,
  now: () => number,
): (ageMilliseconds: number, cause: unknown) => void {
  const { steady } = clockOf(now);
  let count = 0;
  let oldestMilliseconds = 0;
  let writtenAt = BEFORE_ALL;
  return (ageMilliseconds, cause) => {
    count += 1;
    oldestMilliseconds = Math.max(oldestMilliseconds, ageMilliseconds);
    if (steady() - writtenAt < PAUSE_MILLISECONDS) return;
    writtenAt = steady();
    const Metrics = [{ Name: METRIC.stale, Unit: 'Count' }];
    write(
      JSON.stringify({
        _aws: {
          Timestamp: now(),
          CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [[]], Metrics }],
        },
        [METRIC.stale]: count,
        level: 'WARN',
        message: 'known keys are admitted by old records, because no newer ones can be read',
        oldestMilliseconds,
        error: cause instanceof Error ? { name: cause.name, message: cause.message } : undefined,
      }),
    );
    count = 0;
    oldestMilliseconds = 0;
  };
}
