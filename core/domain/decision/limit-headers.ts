import { type LimitState, secondsLeft } from './limit.ts';

/**
 * What callers are told of their limits: `RateLimit-Policy` and `RateLimit` as the IETF's draft has them
 * (draft-ietf-httpapi-ratelimit-headers-10, lists of structured fields), and the older three fields, which
 * have room for one limit: the one of which the smallest share is left.
 * @param now milliseconds since 1970
 */
export function limitHeaders(states: readonly LimitState[], now: number): Record<string, string> {
  const [first, ...others] = states;
  if (first === undefined) return {};
  const share = ({ remaining, policy }: LimitState) => remaining / policy.limit;
  const scarcest = others.reduce((a, b) => (share(b) < share(a) ? b : a), first);
  return {
    'RateLimit-Policy': states.map(policyItem).join(', '),
    RateLimit: states
      .map((state) => `"${nameOf(state)}";r=${state.remaining};t=${secondsLeft(state.window, now)}`)
      .join(', '),
    'RateLimit-Limit': `${scarcest.policy.limit}`,
    'RateLimit-Remaining': `${scarcest.remaining}`,
    'RateLimit-Reset': `${secondsLeft(scarcest.window, now)}`,
  };
}

function policyItem(state: LimitState): string {
  const { policy, window } = state;
  return `"${nameOf(state)}";q=${policy.limit};w=${Math.round((window.end - window.start) / 1000)}`;
}

/** `60s`, `day`, `month`. */
function nameOf({ policy }: LimitState): string {
  return typeof policy.period === 'number' ? `${policy.period}s` : policy.period;
}
