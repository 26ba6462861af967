import type { DefaultRateLimitsConfig, RateLimitConfig } from '../config-parts.ts';

/** The value of ENV.defaultLimits for this configuration. */
export function defaultLimits({ sandbox, live }: DefaultRateLimitsConfig): string {
  return JSON.stringify({ sandbox: textOf(sandbox), live: textOf(live) });
}

function textOf(limits: readonly RateLimitConfig[]): string {
  return limits.map(({ limit, windowSeconds }) => `${limit}/${windowSeconds}`).join(' ');
}
