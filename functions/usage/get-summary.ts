import { found } from '../../core/domain/ground/not-found.ts';
import { roleIn } from '../../core/domain/people/person.ts';
import { KEY_TYPES } from '../../core/domain/products/credential.ts';
import type { SummaryCounter } from '../../core/domain/security/tenant-summary.ts';
import { dayOf } from '../../core/domain/usage/usage-tally.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { Summary, summarySchemas } from '../../core/management/schemas/summary-schemas.ts';
import { ALL_TENANTS } from '../../core/store/summary-store.ts';
import type { UsageDependencies } from './dependencies.ts';
import { tenantAsked } from './tenant-asked.ts';

const DAY_MILLISECONDS = 86_400_000;
const ENVIRONMENTS = ['sandbox', 'live'] as const;

/** What a tenant has, or all together, by the counters that the publisher keeps: no list is read. */
export async function getSummary(
  { person, query, context }: OperationRequest<typeof summarySchemas.getSummary>,
  dependencies: UsageDependencies,
): Promise<Answer> {
  const tenantId = tenantAsked(person, query);
  if (tenantId !== undefined) found(await dependencies.tenants.get(tenantId));
  const counters = await dependencies.summaries.read(tenantId ?? ALL_TENANTS);
  // A repair from behind may leave less than nothing for a moment.
  const count = (counter: SummaryCounter) => Math.max(0, counters.get(counter) ?? 0);
  const ofStatus = (status: 'active' | 'disabled' | 'revoked' | 'expired') => ({
    sandbox: count(`keys.${status}.sandbox`),
    live: count(`keys.${status}.live`),
  });
  const isDeveloper = (tenantId === undefined ? person.role : roleIn(person, tenantId)) === 'developer';
  const body: Summary = {
    tenantId: tenantId ?? null,
    keys: {
      active: ofStatus('active'),
      disabled: ofStatus('disabled'),
      revoked: ofStatus('revoked'),
      expired: ofStatus('expired'),
      expiring: count('keys.expiring'),
      inOverlap: count('keys.inOverlap'),
      unused: count('keys.unused'),
    },
    subscriptions: { pending: count('subscriptions.pending') },
    approvals: isDeveloper ? null : { pending: count('approvals.pending') },
    signUps: isDeveloper || tenantId !== undefined ? null : { pending: count('signUps.pending') },
    alerts: isDeveloper ? null : { open: count('alerts.open') },
    requests: tenantId === undefined ? null : await requestsOf(tenantId, context.now, dependencies),
  };
  return { status: 200, body };
}

async function requestsOf(tenantId: string, now: Date, { usage }: UsageDependencies) {
  const [today, yesterday] = [dayOf(now.getTime()), dayOf(now.getTime() - DAY_MILLISECONDS)];
  const kinds = ENVIRONMENTS.flatMap((environment) => KEY_TYPES.map((keyType) => ({ environment, keyType })));
  const counts = await Promise.all(
    kinds.map((kind) => usage.counts({ kind: 'tenant', tenantId, ...kind }, yesterday, today)),
  );
  const of = (day: string) => {
    const statuses = counts
      .flat()
      .flatMap(({ period, count }) => (period === day ? Object.entries(count.statuses) : []));
    const sum = (first: string) =>
      statuses.reduce((all, [status, n]) => (status.startsWith(first) ? all + n : all), 0);
    const [requests, clientErrors, serverErrors] = [sum(''), sum('4'), sum('5')];
    const errorShare = requests === 0 ? 0 : (clientErrors + serverErrors) / requests;
    return { requests, clientErrors, serverErrors, errorShare };
  };
  return { today: of(today), yesterday: of(yesterday) };
}
