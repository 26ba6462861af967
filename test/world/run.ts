import { activate } from './active-world.ts';
import { Admins } from './admins.ts';
import { Background } from './background.ts';
import { Callers } from './callers.ts';
import { Cast } from './cast.ts';
import { Chance } from './chance.ts';
import { ControlInvariants } from './control-invariants.ts';
import type { ControlPlane } from './control-plane.ts';
import { genesis } from './genesis.ts';
import { Happenings } from './happenings.ts';
import { LimitInvariants, RequestInvariants } from './invariants.ts';
import type { Script } from './script.ts';
import { Stream } from './stream.ts';
import { Truth } from './truth.ts';
import { type Violation, World } from './world.ts';

const RETENTION_DAYS = 1;
/** Until what was going on at the end has come to its end: graces, circuits, upkeep's retries. */
const SETTLING_MILLISECONDS = 200_000;
/** How long what is written may take at most until it is told everywhere. */
const PUBLISHING_MILLISECONDS = 3_600_000;

/** What a run came to. */
export interface Report {
  readonly violations: readonly Violation[];
  readonly actions: number;
  /** Requests by their code, operations by their status. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Differs where anything at all went differently. */
  readonly trace: string;
}

/** Plays a script from the beginning of a world to its end, and says what was not as it must be. */
export async function run(script: Script): Promise<Report> {
  const world = new World(script.seed);
  activate(world);
  const truth = new Truth(world);
  const stream = new Stream(world, RETENTION_DAYS);
  const control = new ControlInvariants(world, truth, stream);
  const limits = new LimitInvariants(world);
  const cast = new Cast();
  const admins = new Admins(world, cast, control);
  const callers = new Callers(world, cast, new RequestInvariants(world, truth), limits);
  const background = new Background(world);
  const cacheEntries = new Chance(script.seed, 'memory').of([1000, 1000, 4]);

  const play = async () => {
    world.secrets.put(...Background.firstPepper(world));
    const happenings = new Happenings({ world, callers, admins, background, stream, limits, cacheEntries });
    await genesis(world, cast, admins, happenings.controls[0] as ControlPlane);
    await happen(script, world, happenings);
    await settle({ world, stream, background, callers, happenings });
    control.judgeEnd();
  };
  await toTheEnd(world, play());
  return {
    violations: world.violations,
    actions: script.actions.length,
    outcomes: Object.fromEntries([...callers.outcomes, ...admins.outcomes]),
    trace: `${world.scheduler.steps} ${world.now} ${world.network.calls} ${world.commits.length} ${stream.bus.length}`,
  };
}

async function happen({ actions }: Script, { scheduler }: World, happenings: Happenings): Promise<void> {
  const start = scheduler.now;
  for (const action of actions) {
    if (start + action.at > scheduler.now) await scheduler.wait(start + action.at - scheduler.now);
    happenings.happen(action);
  }
}

/** Everything is well again, and whatever was left to do is done. */
async function settle(parts: {
  readonly world: World;
  readonly stream: Stream;
  readonly background: Background;
  readonly callers: Callers;
  readonly happenings: Happenings;
}): Promise<void> {
  const { world, stream, background, callers, happenings } = parts;
  const { scheduler } = world;
  await scheduler.wait(100);
  world.network.heal();
  await scheduler.wait(SETTLING_MILLISECONDS);
  await background.finishApprovals();
  await background.sweep();
  await callers.callWithEverything(happenings.authorizers);
  // Longer than an event may be on its way: what is missing then, is.
  if (stream.dropped.length > 0) {
    await scheduler.wait(14 * 3_600_000);
    await background.findGaps();
  }
  const deadline = world.now + PUBLISHING_MILLISECONDS;
  while (!stream.isEmpty && world.now < deadline) await scheduler.wait(5_000);
  await scheduler.wait(30_000);
}

/** Lets time pass until a play is over. @throws what it throws; Error where it stands still */
async function toTheEnd({ scheduler }: World, play: Promise<void>): Promise<void> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  play.then(over, over);
  await scheduler.run(() => isOver);
  if (!isOver) throw new Error('the run stands still: somebody waits for what never comes');
  await play;
}
