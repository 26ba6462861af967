import type { RotationEvent } from '../../core/aws/rotating-secret.ts';
import { serviceClock } from '../../core/aws/service-clock.ts';
import { RESOURCE } from '../../core/contract/deployment.ts';
import { RevisionStore } from '../../core/store/revision-store.ts';
import { finishOverdue } from '../../functions/approvals/finish-approval.ts';
import { findGaps } from '../../functions/audit-gaps/find-gaps.ts';
import { keepUp, type UpkeepInquiry } from '../../functions/key-upkeep/keep-up.ts';
import { rotate } from '../../functions/pepper-rotation/rotation.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { neverAsked } from '../support/silence.ts';
import { controlDependencies } from './control-plane.ts';
import type { World } from './world.ts';

/** Lambda tries an event that nobody waits for twice again, after a minute and after two. */
const RETRIES_MILLISECONDS = [60_000, 120_000];
const SWEEP_MILLISECONDS = 280_000;

/** What happens by itself, each run on an instance of its own. */
export class Background {
  readonly #world: World;
  #runs = 0;
  /** Inquiries that nobody has dealt with. */
  pending = 0;

  constructor(world: World) {
    this.#world = world;
    world.wire.onInvoke = (event) => this.#keepUp(event as UpkeepInquiry);
  }

  /** The pepper's name, and its first version. */
  static firstPepper({ chance }: World): [name: string, text: string] {
    const pepper = { current: 'v1', v1: chance.bytes(48).toString('base64url') };
    return [RESOURCE.pepperSecret, JSON.stringify(pepper)];
  }

  /** One run of the sweep, with a clock that may be off. */
  async sweep(wallOffset = 0): Promise<void> {
    const instance = this.#world.instance('sweep', wallOffset);
    const endsAt = this.#world.now + SWEEP_MILLISECONDS;
    await instance.run(() => {
      const dependencies = controlDependencies(this.#world.wire);
      const now = serviceClock(dependencies.client, dependencies.now, () => performance.now());
      return sweep(
        { ...dependencies, silenceOf: neverAsked, now },
        {
          requestId: this.#requestId('sweep'),
          hasTime: () => this.#world.now < endsAt,
          onFailure: (what, cause) => this.#world.log('warn', 'not swept', [what, cause]),
        },
      );
    });
  }

  /** Compares what items say of their changes with what the audit log has. */
  async findGaps(): Promise<void> {
    const instance = this.#world.instance('audit-gaps');
    await instance.run(() => {
      const { now, randomBytes, client } = controlDependencies(this.#world.wire);
      const table = (name: string) => ({ client, name });
      return findGaps(
        { revisions: new RevisionStore(table(RESOURCE.table), table(RESOURCE.auditTable)), now, randomBytes },
        {
          requestId: this.#requestId('gaps'),
          hasTime: () => true,
          onFailure: (item, cause) => this.#world.log('warn', 'not compared', [item, cause]),
        },
      );
    });
  }

  /** Brings approvals that were cut off to their end. */
  async finishApprovals(): Promise<void> {
    const instance = this.#world.instance('approvals');
    const run = { requestId: this.#requestId('finish'), hasTime: () => true };
    await instance.run(() => finishOverdue(controlDependencies(this.#world.wire), run));
  }

  /** Secrets Manager's four steps, each of which may come twice. */
  async rotatePepper(): Promise<void> {
    const world = this.#world;
    const instance = world.instance('pepper-rotation');
    const client = world.wire.client('secretsmanager');
    const ClientRequestToken = this.#requestId('rotation');
    const steps: readonly RotationEvent['Step'][] = [
      'createSecret',
      'setSecret',
      'testSecret',
      'finishSecret',
    ];
    for (const Step of steps) {
      for (let times = instance.chance.is(0.1) ? 2 : 1; times > 0; times--) {
        const event = { Step, SecretId: RESOURCE.pepperSecret, ClientRequestToken };
        await instance
          .run(() => rotate(client, event))
          .catch((error) => world.log('warn', 'not rotated', [error]));
      }
    }
  }

  #keepUp(event: UpkeepInquiry): void {
    const { scheduler, chance } = this.#world;
    const attempts = chance.is(0.05) ? 2 : 1;
    for (let i = 0; i < attempts; i++) {
      this.pending += 1;
      scheduler.after(chance.between(5, 800), () => void this.#keepUpOnce(event, RETRIES_MILLISECONDS));
    }
  }

  async #keepUpOnce(event: UpkeepInquiry, [retryAfter, ...later]: readonly number[]): Promise<void> {
    const instance = this.#world.instance('key-upkeep');
    try {
      await instance.run(() =>
        keepUp(event, this.#requestId('upkeep'), controlDependencies(this.#world.wire)),
      );
      this.pending -= 1;
    } catch {
      if (retryAfter === undefined) this.pending -= 1;
      else this.#world.scheduler.after(retryAfter, () => void this.#keepUpOnce(event, later));
    }
  }

  #requestId(what: string): string {
    return `${what}-${++this.#runs}`;
  }
}
