import type { StoppedClock } from './instance.ts';
import type { Service, Trouble } from './network.ts';

/** Whom something happens to: all are counted in the order in which they came to be, and round again. */
interface OnKey {
  readonly key: number;
}
interface OnSubscription {
  readonly subscription: number;
}
interface OnTenant {
  readonly tenant: number;
}

/** What admins do. */
export type Deed =
  | ({
      readonly op: 'createKey';
      readonly role: string;
      readonly expiresIn?: number;
      readonly idempotency?: string;
    } & OnTenant)
  | ({ readonly op: 'rotateKey'; readonly overlapSeconds: number } & OnKey)
  | ({ readonly op: 'endOverlap' | 'disableKey' | 'enableKey' | 'revokeKey' | 'renameKey' } & OnKey)
  | ({ readonly op: 'restrictKey'; readonly permissions: readonly string[] | null } & OnKey)
  | ({ readonly op: 'expireKey'; readonly expiresIn: number } & OnKey)
  | ({ readonly op: 'putRole'; readonly role: string; readonly permissions: readonly string[] } & OnTenant)
  | ({ readonly op: 'deleteRole'; readonly role: string } & OnTenant)
  | ({ readonly op: 'suspendTenant' | 'resumeTenant' | 'renameTenant' } & OnTenant)
  | ({ readonly op: 'requireApproval'; readonly required: boolean } & OnTenant)
  | ({ readonly op: 'createSubscription' } & OnTenant)
  | ({
      readonly op: 'suspendSubscription' | 'resumeSubscription' | 'cancelSubscription' | 'revealKeys';
    } & OnSubscription)
  | ({ readonly op: 'regenerateKey'; readonly slot: 'primary' | 'secondary' } & OnSubscription)
  | ({ readonly op: 'importKeys'; readonly text: number } & OnTenant)
  | { readonly op: 'approve' | 'reject' | 'claim'; readonly approval: number };

/** What happens. Milliseconds; `at` since the beginning of the run. */
export type Happening =
  | ({ readonly do: 'call'; readonly by: number; readonly older?: true; readonly write?: true } & OnKey)
  | ({
      readonly do: 'subscriptionCall';
      readonly by: number;
      readonly slot: 'primary' | 'secondary';
      readonly older?: true;
    } & OnSubscription)
  | { readonly do: 'importedCall'; readonly by: number; readonly text: number; readonly tenant: number }
  /** Requests of a key with a limit, to all instances in turn. */
  | ({ readonly do: 'burst'; readonly count: number; readonly every: number } & OnKey)
  /** `admin` is the person, `by` the instance of the management API. */
  | { readonly do: 'admin'; readonly admin: number; readonly by: number; readonly deed: Deed }
  /** `of` is an instance that authorizes; all, and the control plane too, where absent. */
  | {
      readonly do: 'outage';
      readonly service: Service;
      readonly trouble: Trouble;
      readonly lasts: number;
      readonly of?: number;
    }
  | {
      readonly do: 'controlOutage';
      readonly service: Service;
      readonly trouble: Trouble;
      readonly lasts: number;
    }
  | { readonly do: 'stepClock'; readonly of: number; readonly by: number }
  | { readonly do: 'freeze'; readonly of: number; readonly lasts: number; readonly stopped: StoppedClock }
  | { readonly do: 'deploy' | 'lose'; readonly of: number }
  | { readonly do: 'loseControl'; readonly of: number }
  | { readonly do: 'sweep'; readonly ahead: number }
  | {
      readonly do: 'rotatePepper' | 'rollIssuer' | 'losePublisher' | 'dropRecord' | 'poisonRecord' | 'forget';
    };

export type Action = { readonly at: number } & Happening;

/** A run: what happens, and the seed of everything that is left to chance. */
export interface Script {
  readonly seed: number;
  readonly actions: readonly Action[];
}

/** As it is pasted into a test. */
export function written({ seed, actions }: Script): string {
  const lines = actions.map(
    (action) =>
      `    ${JSON.stringify(action)
        .replaceAll(/"(\w+)":/g, '$1: ')
        .replaceAll('"', "'")},`,
  );
  return ['{', `  seed: ${seed},`, '  actions: [', ...lines, '  ],', '}'].join('\n');
}
