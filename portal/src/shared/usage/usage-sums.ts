import type { Answer } from '../api/answers.ts';

type Counted = Answer<'/v1/usage'>['groups'][number];
export type UsageGroup = Pick<
  Counted,
  'group' | 'requests' | 'clientErrors' | 'serverErrors' | 'p99Milliseconds'
>;

/** The API counts each kind of key by itself; here they are taken together. Of slownesses the worst remains. */
export function mergedByGroup(groups: readonly UsageGroup[]): UsageGroup[] {
  const merged = new Map<string, UsageGroup>();
  for (const next of groups) {
    const before = merged.get(next.group);
    merged.set(next.group, before === undefined ? next : together(before, next));
  }
  return [...merged.values()];
}

function together(a: UsageGroup, b: UsageGroup): UsageGroup {
  const sum = (one: number | null, other: number | null) =>
    one === null && other === null ? null : (one ?? 0) + (other ?? 0);
  return {
    group: a.group,
    requests: a.requests + b.requests,
    clientErrors: sum(a.clientErrors, b.clientErrors),
    serverErrors: sum(a.serverErrors, b.serverErrors),
    p99Milliseconds:
      a.p99Milliseconds === null && b.p99Milliseconds === null
        ? null
        : Math.max(a.p99Milliseconds ?? 0, b.p99Milliseconds ?? 0),
  };
}

const STEP_MILLISECONDS = { hour: 3_600_000, day: 86_400_000 } as const;

/** Every hour or day of a time, in order: those in which nothing was called are counted with nothing. */
export function withEmpty(
  groups: readonly UsageGroup[],
  by: 'hour' | 'day',
  { from, to }: { readonly from: string; readonly to: string },
): UsageGroup[] {
  const known = new Map(groups.map((group) => [Date.parse(group.group), group]));
  const filled: UsageGroup[] = [];
  for (let at = Date.parse(from); at < Date.parse(to); at += STEP_MILLISECONDS[by]) {
    const empty = { requests: 0, clientErrors: 0, serverErrors: 0, p99Milliseconds: null };
    filled.push(known.get(at) ?? { group: new Date(at).toISOString(), ...empty });
  }
  return filled;
}

export function totalOf(groups: readonly UsageGroup[]) {
  const total = { requests: 0, clientErrors: 0, serverErrors: 0 };
  for (const { requests, clientErrors, serverErrors } of groups) {
    total.requests += requests;
    total.clientErrors += clientErrors ?? 0;
    total.serverErrors += serverErrors ?? 0;
  }
  return total;
}

/** "1.4 %"; of nothing it is "0 %". */
export function sharePercent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((1000 * part) / whole) / 10} %`;
}

/** "12 % more than 1,204 before"; where there was nothing before there is no share of it. */
export function changeInWords(now: number, before: number): string {
  const was = new Intl.NumberFormat('en').format(before);
  if (now === before) return 'as before';
  if (before === 0) return 'none before';
  const share = sharePercent(Math.abs(now - before), before);
  return `${share} ${now > before ? 'more' : 'less'} than ${was} before`;
}
