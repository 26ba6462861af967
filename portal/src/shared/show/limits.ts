const NAMES: Readonly<Record<number, string>> = {
  1: 'second',
  60: 'minute',
  3600: 'hour',
  86400: 'day',
};
const number = new Intl.NumberFormat('en');

/** "600 a minute". */
export function rateInWords({ limit, windowSeconds }: { limit: number; windowSeconds: number }): string {
  const name = NAMES[windowSeconds];
  return name ? `${number.format(limit)} a ${name}` : `${number.format(limit)} in ${windowSeconds} seconds`;
}

/** A plan as people say it: "600 a minute, 100,000 a month". */
export function planInWords(plan: {
  rateLimits: readonly { limit: number; windowSeconds: number }[];
  quota: { limit: number; period: string } | null;
}): string {
  const parts = plan.rateLimits.map(rateInWords);
  if (plan.quota) parts.push(`${number.format(plan.quota.limit)} a ${plan.quota.period}`);
  return parts.length > 0 ? parts.join(', ') : 'Unlimited';
}

export function count(value: number): string {
  return number.format(value);
}
