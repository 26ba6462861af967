/**
 * Latencies are counted in buckets whose bounds grow by a fifth: bucket i holds what lies above
 * 1.2^(i-1) and up to 1.2^i milliseconds, bucket 0 all up to one. A percentile read from them is at most
 * 10 % off, for any number of requests.
 */
const GROWTH = 1.2;
/** The last one begins at 42 seconds; no API Gateway waits so long. */
const LAST_BUCKET = 60;

/** The index of the bucket that a latency is counted in. */
export function latencyBucket(milliseconds: number): number {
  if (!(milliseconds > 1)) return 0;
  return Math.min(LAST_BUCKET, Math.ceil(Math.log(milliseconds) / Math.log(GROWTH)));
}

/**
 * A percentile of counted latencies, in milliseconds; null when nothing was counted.
 * @param counts by bucket
 * @param share such as 0.99
 */
export function latencyPercentile(counts: Readonly<Record<string, number>>, share: number): number | null {
  const buckets = Object.entries(counts)
    .map(([bucket, count]) => ({ bucket: Number(bucket), count }))
    .sort((a, b) => a.bucket - b.bucket);
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  let left = Math.ceil(total * share);
  for (const { bucket, count } of buckets) {
    left -= count;
    if (left <= 0) return middleOf(bucket);
  }
  return null;
}

/** The bucket's geometric middle, from which both of its bounds are equally far. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 1 : Math.round(10 * GROWTH ** (bucket - 0.5)) / 10;
}
