import * as z from 'zod';
import type { TemplateStack } from '../template/resources.ts';
import { resourcesOfType } from './resource-list.ts';
import { Throttle, type ThrottleLimits } from './throttle.ts';

/** What API Gateway looks up of one of its own keys; undefined for a value that no key has. */
export type FindApiKey = (
  value: string,
) => { readonly id: string; readonly enabled: boolean; readonly usagePlanIds: readonly string[] } | undefined;

/** Where a request that needs an API key is going. `method` is `/path/METHOD`, as plans spell it. */
export interface MeteredMethod {
  readonly apiId: string;
  readonly stage: string;
  readonly method: string;
}

const Limits = z.object({ RateLimit: z.number().optional(), BurstLimit: z.number().optional() });
const UsagePlan = z.object({
  ApiStages: z
    .array(
      z.object({
        ApiId: z.string(),
        Stage: z.string(),
        Throttle: z.record(z.string(), Limits).default({}),
      }),
    )
    .default([]),
  Throttle: Limits.optional(),
  Quota: z
    .object({
      Limit: z.number(),
      Period: z.enum(['DAY', 'WEEK', 'MONTH']),
      Offset: z.literal(0, { error: 'is not emulated' }).default(0),
    })
    .optional(),
});
type Plan = { readonly id: string } & z.output<typeof UsagePlan>;

/**
 * The usage plans of an app's templates, and how far each key has used them since this process began. Unlike
 * API Gateway's, which are best effort, these limits are exact.
 */
export class UsagePlans {
  readonly #plans: readonly Plan[];
  readonly #findApiKey: FindApiKey;
  readonly #now: () => Date;
  readonly #throttle: Throttle;
  /** Requests by plan, key and period. */
  readonly #used = new Map<string, number>();

  constructor(stacks: readonly TemplateStack[], findApiKey: FindApiKey, now: () => Date) {
    this.#plans = resourcesOfType(stacks, 'AWS::ApiGateway::UsagePlan', UsagePlan).map(
      ({ id, properties }) => ({ id, ...properties }),
    );
    this.#findApiKey = findApiKey;
    this.#now = now;
    this.#throttle = new Throttle((key) => this.#limitsOf(JSON.parse(key)), now);
  }

  /** Counts a request by its API key, unless it is refused. */
  count(value: string | undefined, at: MeteredMethod): 'counted' | 'invalid' | 'throttled' | 'over quota' {
    const key = value === undefined ? undefined : this.#findApiKey(value);
    const plan = this.#plans.find(
      ({ id, ApiStages }) =>
        key?.usagePlanIds.includes(id) &&
        ApiStages.some(({ ApiId, Stage }) => ApiId === at.apiId && Stage === at.stage),
    );
    if (key === undefined || !key.enabled || plan === undefined) return 'invalid';
    const own = plan.ApiStages.some(({ Throttle }) => at.method in Throttle);
    // A method without limits of its own shares the plan's with all such methods.
    const scope = own ? [plan.id, key.id, at] : [plan.id, key.id];
    if (!this.#throttle.admits(JSON.stringify(scope))) return 'throttled';
    if (plan.Quota === undefined) return 'counted';
    const period = JSON.stringify([plan.id, key.id, periodStart(plan.Quota.Period, this.#now())]);
    const used = this.#used.get(period) ?? 0;
    if (used >= plan.Quota.Limit) return 'over quota';
    this.#used.set(period, used + 1);
    return 'counted';
  }

  #limitsOf([planId, , at]: [string, string, MeteredMethod?]): Partial<ThrottleLimits> | undefined {
    const plan = this.#plans.find(({ id }) => id === planId);
    const stage = plan?.ApiStages.find(({ ApiId, Stage }) => ApiId === at?.apiId && Stage === at.stage);
    const limits = stage?.Throttle[at?.method ?? ''] ?? plan?.Throttle;
    if (limits === undefined) return undefined;
    const { RateLimit, BurstLimit } = limits;
    return {
      ...(RateLimit !== undefined && { ratePerSecond: RateLimit }),
      ...(BurstLimit !== undefined && { burst: BurstLimit }),
    };
  }
}

/** Periods begin at midnight UTC: each day, on Sundays, on the first of a month. */
function periodStart(period: 'DAY' | 'WEEK' | 'MONTH', now: Date): string {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  const first = { DAY: day, WEEK: day - now.getUTCDay(), MONTH: 1 }[period];
  return new Date(Date.UTC(year, month, first)).toISOString();
}
