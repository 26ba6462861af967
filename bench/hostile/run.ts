import { seeded } from '../scale/random.ts';
import { arnOf, askedOf, eventOf, Grammar, type Request } from './grammar.ts';
import { judge, type Verdict } from './oracle.ts';
import { HostilePlane } from './request-plane.ts';
import { changedWorld, drawWorld, type World } from './world.ts';

const START = Date.parse('2026-06-01T12:00:00Z');
/** «Revocation takes effect everywhere within 5 seconds»: until then, either world may be judged by. */
const OLD_MILLISECONDS = 5000;
/** Two changes are never young at once, so that there are two worlds at most to judge by. */
const CHANGE_MILLISECONDS = 7000;
const LONGEST_STEP_MILLISECONDS = 40;
/** Of how many turns of the world one is an outage of its table. */
const OUTAGE_EVERY = 8;
/** Of how many events one is asked about another route of the same API. */
const ELSEWHERE = 4;
const SECRETS = /(?:pk|sk|sub|ck)_(?:dev|live)_[0-9A-Za-z]{12}|eyJ[0-9A-Za-z]+\.|hostile-pepper-/i;

/** What differs, in words. */
interface Fault {
  readonly expected: readonly string[];
  readonly actual: string;
}

export interface HostileReport {
  readonly events: number;
  readonly changes: number;
  /** Events by what they came to. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** The first answer that is not as it should be, and all that is needed to see it again. */
  readonly difference:
    | (Fault & { readonly seed: number; readonly index: number; readonly event: string })
    | undefined;
}

/** What the plane made of an event. */
interface Actual {
  readonly code: string;
  readonly keyId: string | undefined;
  /** The policy, where that is how it was answered. */
  readonly policy: Policy | undefined;
  /** What of the answer does not go with the decision in its log line, if anything. */
  readonly fault: string | undefined;
}

interface Policy {
  readonly Statement: readonly { readonly Effect: string; readonly Resource: readonly string[] }[];
}

/** The worlds that an event may be judged by, and whether the table answers. */
interface Moment {
  readonly worlds: readonly World[];
  readonly now: number;
  readonly outage: 'none' | 'young' | 'old';
}

/**
 * Feeds hostile events to the deployed handlers and compares each answer with the oracle's, while the world
 * changes and the table goes away now and then. The same seed brings the same events. Ends at the first
 * difference.
 * @param options.cacheMilliseconds for how long authorizers remember; by default as they are deployed
 */
export async function hostileRun(options: {
  readonly seed: number;
  readonly events: number;
  readonly cacheMilliseconds?: number;
}): Promise<HostileReport> {
  const { seed, events, cacheMilliseconds = 3000 } = options;
  const random = seeded(seed);
  const course = new Course(random, cacheMilliseconds);
  const grammar = new Grammar(random);
  const outcomes: Record<string, number> = {};
  for (let index = 0; index < events; index++) {
    course.advance();
    const request = grammar.next(course.world);
    const event = JSON.stringify(eventOf(request));
    const actual = await answerOf(course.plane, request, event);
    outcomes[actual.code] = (outcomes[actual.code] ?? 0) + 1;
    const elsewhere = index % ELSEWHERE === 0 ? grammar.elsewhere(request) : undefined;
    const fault = faultOf(request, actual, course) ?? looserThan(actual, elsewhere, course.moment);
    if (fault === undefined) continue;
    const difference = { seed, index, event, ...fault };
    return { events: index + 1, changes: course.changes, outcomes, difference };
  }
  return { events, changes: course.changes, outcomes, difference: undefined };
}

/** What is not as it should be in the answer to one event. */
function faultOf(request: Request, actual: Actual, { plane, moment }: Course): Fault | undefined {
  const verdicts = verdictsOn(request, moment);
  const expected = verdicts.map(wordsOf);
  const isRight = verdicts.some(({ code, keyId }) => code === actual.code && keyId === actual.keyId);
  if (!isRight) return { expected, actual: wordsOf(actual) };
  if (actual.fault !== undefined) return { expected, actual: actual.fault };
  const leak = plane.lines.find((line) => SECRETS.test(line));
  return leak === undefined ? undefined : { expected: ['no secret in any line'], actual: leak };
}

/** What a policy allows on another route that the decision there would refuse: API Gateway may keep it. */
function looserThan({ policy }: Actual, other: Request | undefined, moment: Moment): Fault | undefined {
  if (policy === undefined || other === undefined || !allows(policy, arnOf(other) ?? '')) return undefined;
  const verdicts = verdictsOn(other, moment);
  if (verdicts.some(({ code }) => code === 'allowed')) return undefined;
  return { expected: verdicts.map(wordsOf), actual: `the policy allows ${other.method} ${other.path}` };
}

/** Time as it goes by: changes of the world, and outages of the table. */
class Course {
  readonly plane: HostilePlane;
  world: World;
  changes = 0;
  readonly #random: () => number;
  #before: World;
  #changedAt = START;
  #downSince = START;
  #turns = 0;

  constructor(random: () => number, cacheMilliseconds: number) {
    this.#random = random;
    this.world = drawWorld(random, START);
    this.#before = this.world;
    this.plane = new HostilePlane(this.world, START, cacheMilliseconds);
  }

  get moment(): Moment {
    const now = this.plane.clock;
    const isYoung = now < this.#changedAt + OLD_MILLISECONDS;
    const isOldOutage = now >= this.#downSince + OLD_MILLISECONDS;
    return {
      now,
      worlds: isYoung ? [this.world, this.#before] : [this.world],
      outage: !this.plane.isDown ? 'none' : isOldOutage ? 'old' : 'young',
    };
  }

  advance(): void {
    const { plane } = this;
    plane.clock += Math.floor(this.#random() * LONGEST_STEP_MILLISECONDS);
    plane.lines.length = 0;
    if (plane.clock < this.#changedAt + CHANGE_MILLISECONDS) return;
    this.#before = this.world;
    this.#changedAt = plane.clock;
    // An outage lasts as long as a change is waited for.
    this.#turns += 1;
    if (this.#turns % OUTAGE_EVERY === 2) {
      plane.isDown = true;
      this.#downSince = plane.clock;
      return;
    }
    plane.isDown = false;
    this.world = changedWorld(this.world, this.#random, plane.clock);
    plane.world = this.world;
    this.changes += 1;
  }
}

/** What an event may come to. */
function verdictsOn(request: Request, { worlds, now, outage }: Moment): readonly Verdict[] {
  const asked = askedOf(request);
  const verdicts = worlds.flatMap((world) => {
    const api = world.apis.find(({ apiId }) => apiId === request.apiId);
    if (api === undefined) throw new Error(`no API ${request.apiId} is in this world`);
    // What ends by the clock admits nobody from that moment on; what was refused before may be repeated.
    const earlier = judge(world, api, asked, now - OLD_MILLISECONDS);
    const verdict = judge(world, api, asked, now);
    return earlier.code === verdict.code || earlier.code === 'allowed' ? [verdict] : [verdict, earlier];
  });
  if (outage === 'none') return verdicts;
  const unavailable: Verdict = { code: 'authorizer_unavailable' };
  const unread = verdicts.filter((verdict) => verdict.unread);
  if (unread.length > 0) return unread;
  return outage === 'young' ? [...verdicts, unavailable] : [unavailable];
}

async function answerOf(plane: HostilePlane, request: Request, event: string): Promise<Actual> {
  const handler = plane.handlerOf(request.apiId);
  let answer: Answer | undefined;
  let thrown: string | undefined;
  try {
    answer = (await handler(JSON.parse(event))) as Answer;
  } catch (error) {
    thrown = error instanceof Error ? error.message : String(error);
  }
  const logged = plane.lines
    .map((line) => JSON.parse(line))
    .filter(({ message }) => message === 'request refused');
  const code: string = logged[0]?.code ?? 'allowed';
  const { context, resolverContext, policyDocument: policy } = answer ?? {};
  const keyId = code === 'allowed' ? (context ?? resolverContext)?.keyId : undefined;
  const fault = mistold({ request, code, answer, thrown, lines: logged.length });
  return { code, keyId, policy, fault };
}

interface Answer {
  readonly isAuthorized?: boolean;
  readonly context?: Readonly<Record<string, string>>;
  readonly resolverContext?: Readonly<Record<string, string>>;
  readonly policyDocument?: Policy;
}

/** How an answer fails to say what was decided. */
function mistold(came: {
  readonly request: Request;
  readonly code: string;
  readonly answer: Answer | undefined;
  readonly thrown: string | undefined;
  readonly lines: number;
}): string | undefined {
  const { request, code, answer, thrown, lines } = came;
  if (lines > 1) return `${lines} lines of one refusal`;
  const isGraphql = request.format === 'AppSync';
  const is401 = code === 'authentication_failed' || code === 'invalid_token';
  const error = code === 'authorizer_unavailable' ? code : is401 && !isGraphql ? 'Unauthorized' : undefined;
  if (thrown !== error) return `${code}, and threw ${thrown}`;
  if (answer === undefined) return undefined;
  const arn = arnOf(request);
  const says =
    arn === undefined ? answer.isAuthorized : answer.policyDocument && allows(answer.policyDocument, arn);
  // A `*` or `?` of a path can't be written into a policy but as a wildcard, so it may be refused.
  const isUnspeakable = arn !== undefined && /[*?]/.test(arn);
  if (says !== (code === 'allowed') && !(isUnspeakable && says === false))
    return `${code}, and answered ${says}`;
  const told = answer.context?.errorCode;
  if (!isGraphql && code !== 'allowed' && told !== code) return `${code}, and the context says ${told}`;
  return undefined;
}

/** IAM's evaluation: a deny wins, silence denies. */
function allows({ Statement }: Policy, arn: string): boolean {
  const effects = Statement.filter(({ Resource }) => Resource.some((pattern) => isLike(arn, pattern)));
  return effects.length > 0 && effects.every(({ Effect }) => Effect === 'Allow');
}

/** Whether a text is what a pattern of `*` and `?` means, remembering the last `*` to come back to. */
function isLike(text: string, pattern: string): boolean {
  let [at, of, star, resume] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[of] === '*') [star, resume] = [of++, at];
    else if (of < pattern.length && (pattern[of] === '?' || pattern[of] === text[at]))
      [at, of] = [at + 1, of + 1];
    else if (star >= 0) [of, at, resume] = [star + 1, resume + 1, resume + 1];
    else return false;
  }
  return /^\**$/.test(pattern.slice(of));
}

function wordsOf({ code, keyId }: { readonly code: string; readonly keyId?: string | undefined }): string {
  return keyId === undefined ? code : `${code} ${keyId}`;
}

/** What authorizers can tell; limits are enforced behind them. */
export const OUTCOMES = [
  'allowed',
  'authentication_failed',
  'invalid_token',
  'tenant_mismatch',
  'environment_mismatch',
  'insufficient_permissions',
  'subscription_not_active',
  'product_not_subscribed',
  'network_not_allowed',
  'origin_not_allowed',
  'authorizer_unavailable',
] as const;
