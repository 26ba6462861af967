/** Numbers in [0, 1), the same ones for the same seed: mulberry32, as published by Tommy Ettinger. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Ranks from 1 to `count`, rank r with probability proportional to r^-exponent, without a table of ranks:
 * rejection-inversion (W. Hörmann and G. Derflinger, 1996).
 */
export function zipf(count: number, exponent: number, random: () => number): () => number {
  const integral = (x: number) => expm1Ratio((1 - exponent) * Math.log(x)) * Math.log(x);
  const inverse = (y: number) => Math.exp(log1pRatio(y * (1 - exponent)) * y);
  const height = (x: number) => Math.exp(-exponent * Math.log(x));
  const lowest = integral(1.5) - 1;
  const highest = integral(count + 0.5);
  const squeeze = 2 - inverse(integral(2.5) - height(2));
  return () => {
    for (;;) {
      const y = highest + random() * (lowest - highest);
      const x = inverse(y);
      const rank = Math.min(count, Math.max(1, Math.round(x)));
      if (rank - x <= squeeze || y >= integral(rank + 0.5) - height(rank)) return rank;
    }
  };
}

/** Times between events that come at `perSecond` independently of each other, in seconds. */
export function exponential(perSecond: number, random: () => number): () => number {
  return () => -Math.log(1 - random()) / perSecond;
}

/** A log-normal with this median, and of which one in a hundred values exceeds `p99`. */
export function logNormal(median: number, p99: number, random: () => number): () => number {
  const standardNormalAt99 = 2.3263;
  const sigma = Math.log(p99 / median) / standardNormalAt99;
  return () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * random()));
  };
}

function expm1Ratio(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.expm1(x) / x : 1 + x / 2;
}

function log1pRatio(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.log1p(x) / x : 1 - x / 2;
}
