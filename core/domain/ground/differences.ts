import { canonicalJson } from './canonical-json.ts';

/** Whose entries people change one by one: another one's change is none of this one. */
const CHANGED_BY_ENTRY: readonly string[] = ['roles', 'settings', 'slots'];
/** What follows from a change, and is not what the change is about. */
const FOLLOWING: readonly string[] = [
  'revision',
  'digests',
  'sealedPrimary',
  'sealedSecondary',
  'sealedClientKey',
  'imported',
  'reminders',
  'approvalsUsed',
  'answered',
  'formerRoles',
];

/**
 * Whether others changed, between `before` and `now`, what a change from `before` to `after` is about.
 * Compared by value: what was changed back is as it was.
 */
export function isTouched(before: object, after: object, now: object): boolean {
  const pathsTo = (state: object) =>
    differences(before, state, CHANGED_BY_ENTRY)
      .map(([path]) => path)
      .filter(([name = '']) => !FOLLOWING.includes(name))
      .map((path) => JSON.stringify(path));
  const theirs = new Set(pathsTo(now));
  return pathsTo(after).some((path) => theirs.has(path));
}

/**
 * Where two states differ, as attribute paths with the new value; undefined for what is gone.
 * @param byEntry the attributes whose entries are compared one by one
 */
export function differences(
  before: object,
  after: object,
  byEntry: readonly string[],
): [path: string[], value: unknown][] {
  const olds = new Map<string, unknown>(Object.entries(before));
  const news = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...olds.keys(), ...news.keys()])].flatMap((name): [string[], unknown][] => {
    const [old, now] = [olds.get(name), news.get(name)];
    const bothThere = old !== undefined && now !== undefined;
    if (old === now || (bothThere && canonicalJson(old) === canonicalJson(now))) return [];
    if (!byEntry.includes(name)) return [[[name], now]];
    return differences(Object(old), Object(now), []).map(([path, value]) => [[name, ...path], value]);
  });
}
