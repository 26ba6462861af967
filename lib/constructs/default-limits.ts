import type { KeywrightConfig } from '../config.ts';
import type { RateLimitConfig } from '../config-parts.ts';

/** The value of ENV.defaultLimits for this configuration. */
export function defaultLimits({ defaultRateLimits }: Pick<KeywrightConfig, 'defaultRateLimits'>): string {
  const { sandbox, live } = defaultRateLimits;
  return JSON.stringify({ sandbox: textOf(sandbox), live: textOf(live) });
}

function textOf(limits: readonly RateLimitConfig[]): string {
  return limits.map(({ limit, windowSeconds }) => `${limit}/${windowSeconds}`).join(' ');
}
