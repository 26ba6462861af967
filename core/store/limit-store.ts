import type { Ask, WindowUse } from '../access/allowance.ts';
import type { LimitStore } from '../access/limiter.ts';
import { type AwsCall, AwsError } from '../aws/aws-call.ts';
import { TTL_ATTRIBUTE, USED_PREFIX } from '../contract/deployment.ts';
import { type Period, windowOf } from '../domain/decision/limit.ts';
import { itemKey } from './item-keys.ts';

/** Longer than the longest window that a limit may have, 9,999,999 seconds: no count goes before its time. */
const KEPT_SECONDS = 120 * 24 * 3600;
const DAY_MILLISECONDS = 24 * 3600 * 1000;
/** So many names of windows that are over are worth an update of their own. */
const TIDY_FROM = 8;

/**
 * Names beyond which counts of limits that the credential has no more are forgotten before their windows end:
 * a limit that is changed again and again would leave each time a window, some of them for months.
 */
const MOST_NAMES = 100;
/** What one update takes out at most: an expression may measure 4 KB. */
const MOST_REMOVED = 300;

/** An item as DynamoDB's protocol has it, all of whose values but the keys are numbers. */
type Counts = Readonly<Record<string, { readonly N?: string } | undefined>>;

/**
 * What is used of a credential's limits: one item, changed by one conditional update per lease, however many
 * limits there are. By period it has the number of the newest window (`used#60`), and by window what is used
 * (`used#60#29671200`) and until when rests are held (`used#60#29671200#held`). An instance whose clock is behind
 * finds its own window beside the newest; one that is over for longer is used up for it.
 * @param region where the table is; it is part of the item's key, because the last of two Regions' writes
 *   to one item of a global table would undo the other's
 */
export function limitStore(options: {
  readonly dynamodb: AwsCall;
  readonly table: string;
  readonly region: string;
  readonly now: () => number;
}): LimitStore {
  const { dynamodb, table, region, now } = options;
  const keyOf = (credentialId: string) => {
    const { pk, sk } = itemKey.limits(credentialId, region);
    return { TableName: table, Key: { pk: { S: pk }, sk: { S: sk } } };
  };

  const add = async (
    credentialId: string,
    asks: readonly Ask[],
    behind: ReadonlySet<Ask>,
  ): Promise<{ granted: boolean; counts: Counts }> => {
    try {
      const update = additionOf(asks, behind, Math.ceil(now() / 1000) + KEPT_SECONDS);
      const { Attributes } = await dynamodb('UpdateItem', { ...keyOf(credentialId), ...update });
      return { granted: true, counts: Attributes as Counts };
    } catch (error) {
      if (!(error instanceof AwsError) || error.name !== 'ConditionalCheckFailedException') throw error;
      return { granted: false, counts: error.fields.Item as Counts };
    }
  };

  /** Names of windows that are over go, or the item would grow; a failure is the next lease's to mend. */
  const tidy = async (credentialId: string, asks: readonly Ask[], counts: Counts): Promise<void> => {
    const ended = endedNames(credentialId, counts, now());
    const unasked = Object.keys(counts).length > MOST_NAMES ? namesBeside(asks, counts) : [];
    const names = [...new Set([...ended, ...unasked])].slice(0, MOST_REMOVED);
    if (names.length < TIDY_FROM) return;
    await dynamodb('UpdateItem', {
      ...keyOf(credentialId),
      UpdateExpression: `REMOVE ${names.map((_, i) => `#n${i}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#n${i}`, name])),
    }).catch(() => undefined);
  };

  return {
    async lease(credentialId, asks) {
      let behind: ReadonlySet<Ask> = new Set();
      for (;;) {
        const { granted, counts } = await add(credentialId, asks, behind);
        const late = new Set(
          asks.filter(({ policy, window }) => newest(counts, policy.period) === window.index + 1),
        );
        if (!granted && late.size > behind.size) {
          behind = late;
          continue;
        }
        if (granted) await tidy(credentialId, asks, counts);
        return { granted, windows: asks.map((ask) => useOf(ask, counts)) };
      }
    },
  };
}

/** @param behind asks whose window is the one before the newest that is stored */
function additionOf(asks: readonly Ask[], behind: ReadonlySet<Ask>, ttl: number) {
  const names: Record<string, string> = { '#ttl': TTL_ATTRIBUTE };
  const values: Record<string, { N: string }> = { ':ttl': { N: `${ttl}` } };
  const sets = ['#ttl = :ttl'];
  const additions: string[] = [];
  const conditions: string[] = [];
  for (const [i, ask] of asks.entries()) {
    const { policy, window, units, heldUntil } = ask;
    names[`#newest${i}`] = nameOf(policy.period);
    names[`#used${i}`] = nameOf(window.id);
    values[`:units${i}`] = { N: `${units}` };
    values[`:most${i}`] = { N: `${policy.limit - units}` };
    values[`:newest${i}`] = { N: `${behind.has(ask) ? window.index + 1 : window.index}` };
    additions.push(`#used${i} :units${i}`);
    conditions.push(
      behind.has(ask)
        ? `#newest${i} = :newest${i}`
        : `(attribute_not_exists(#newest${i}) OR #newest${i} <= :newest${i})`,
      // What is not there is 0, of which a limit that was lowered below the units grants none.
      units <= policy.limit
        ? `(attribute_not_exists(#used${i}) OR #used${i} <= :most${i})`
        : `#used${i} <= :most${i}`,
    );
    if (!behind.has(ask)) sets.push(`#newest${i} = :newest${i}`);
    if (heldUntil !== undefined) {
      names[`#held${i}`] = heldName(window.id);
      values[`:held${i}`] = { N: `${Math.ceil(heldUntil)}` };
      sets.push(`#held${i} = :held${i}`);
    }
  }
  return {
    UpdateExpression: `SET ${sets.join(', ')} ADD ${additions.join(', ')}`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

function newest(counts: Counts | undefined, period: Period): number | undefined {
  return numberOf(counts, nameOf(period));
}

function useOf({ policy, window }: Ask, counts: Counts | undefined): WindowUse {
  const latest = newest(counts, policy.period);
  // A limit must never be taken for unused.
  if (counts === undefined) throw new TypeError('DynamoDB did not say what is used of the limit');
  if (latest !== undefined && latest > window.index + 1) return { used: policy.limit, heldUntil: 0 };
  return {
    used: numberOf(counts, nameOf(window.id)) ?? 0,
    heldUntil: numberOf(counts, heldName(window.id)) ?? 0,
  };
}

/** @throws TypeError for what is no whole number */
function numberOf(counts: Counts | undefined, name: string): number | undefined {
  const value = counts?.[name];
  if (value === undefined) return undefined;
  const number = Number(value.N);
  if (!Number.isSafeInteger(number)) throw new TypeError('DynamoDB did not say what is used of the limit');
  return number;
}

/** Windows older than the one before the newest; all of a period whose newest window ended a day ago. */
function endedNames(credentialId: string, counts: Counts, now: number): string[] {
  return Object.keys(counts).filter((name) => {
    if (!name.startsWith(USED_PREFIX)) return false;
    const [text = '', index] = name.slice(USED_PREFIX.length).split('#');
    const period = periodOf(text);
    const latest = newest(counts, period);
    if (latest === undefined) return false;
    const isOver = windowOf(credentialId, period, latest).end + DAY_MILLISECONDS < now;
    return isOver || (index !== undefined && Number(index) < latest - 1);
  });
}

/** Names of periods that are not asked for. */
function namesBeside(asks: readonly Ask[], counts: Counts): string[] {
  const asked = new Set(asks.map(({ policy }) => String(policy.period)));
  return Object.keys(counts).filter(
    (name) => name.startsWith(USED_PREFIX) && !asked.has(name.slice(USED_PREFIX.length).split('#')[0] ?? ''),
  );
}

function periodOf(text: string): Period {
  return text === 'day' || text === 'month' ? text : Number(text);
}

function nameOf(periodOrWindow: Period | string): string {
  return `${USED_PREFIX}${periodOrWindow}`;
}

function heldName(windowId: string): string {
  return `${nameOf(windowId)}#held`;
}
