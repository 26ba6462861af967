import { Chance } from './chance.ts';
import { DynamoDb } from './dynamodb.ts';
import { Instance } from './instance.ts';
import { Issuer } from './issuer.ts';
import { Network } from './network.ts';
import { Scheduler } from './scheduler.ts';
import { Secrets } from './secrets.ts';
import { type Commit, Tables } from './tables.ts';
import { Wire } from './wire.ts';

/** Something that must not be: what kind of thing, and what happened. */
export interface Violation {
  readonly kind: string;
  readonly text: string;
  /** True time since the beginning, in milliseconds. */
  readonly at: number;
}

const START = Date.parse('2026-06-01T12:00:00Z');

/** One Region of AWS and its time, without anything of Keywright's in it. */
export class World {
  readonly seed: number;
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly tables: Tables;
  readonly secrets = new Secrets();
  readonly issuer: Issuer;
  readonly wire: Wire;
  /** Everything that was logged. */
  readonly lines: string[] = [];
  readonly violations: Violation[] = [];
  readonly commits: Commit[] = [];
  /** Told of each commit, in order. */
  readonly onCommit: ((commit: Commit) => void)[] = [];
  #instances = 0;

  constructor(seed: number) {
    this.seed = seed;
    this.chance = new Chance(seed, 'world');
    this.scheduler = new Scheduler(START, new Chance(seed, 'ties'));
    this.network = new Network(this.scheduler);
    this.tables = new Tables(this.scheduler, new Chance(seed, 'tables'));
    this.issuer = new Issuer(this.scheduler, this.network);
    this.wire = new Wire(this.network, new DynamoDb(this.tables, new Chance(seed, 'parts')), this.secrets);
    this.tables.onCommit = (commit) => {
      this.commits.push(commit);
      for (const hear of this.onCommit) hear(commit);
    };
  }

  get now(): number {
    return this.scheduler.now;
  }

  /** One more process. @param wallOffset how far its clock is ahead, in milliseconds */
  instance(kind: string, wallOffset?: number): Instance {
    const name = `${kind}-${++this.#instances}`;
    const chance = new Chance(this.seed, name);
    const offset = wallOffset ?? chance.between(-40, 40);
    return new Instance(name, this.scheduler, chance, offset);
  }

  violate(kind: string, text: string): void {
    this.violations.push({ kind, text, at: Math.round(this.now - START) });
  }

  log(level: string, message: string, more: readonly unknown[]): void {
    this.lines.push(JSON.stringify({ level, message, more }, plainError));
  }
}

function plainError(_: string, value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value;
}
