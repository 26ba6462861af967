import type { EventType } from '../../contract/events.ts';
import type { Change } from '../audit/audit-event.ts';
import type { ApiKey } from '../keys/api-key.ts';
import type { Subscription } from '../products/subscription.ts';
import type { Team } from '../tenants/team.ts';
import type { Tenant } from '../tenants/tenant.ts';

/**
 * What a second admin guards: credentials of every kind, what decides about all of a tenant's, and who may be the
 * second admin.
 */
export type Guarded = ApiKey | Subscription | Tenant | Team;

/**
 * What a change does to a tenant's live credentials. `governs` is for roles and settings, on which all of
 * them depend, and `takes` for a role that is taken from all that have it. `brakes` stops access and can be
 * undone: in an emergency nobody waits for a second person. `describes` changes what no decision on a request
 * depends on. `asks` requests what does not work yet, `declines` refuses it or takes it back. `happens` is
 * nobody's decision: time passed, or whoever holds a key ended it. `elsewhere` concerns no tenant's credentials.
 */
export type Effect =
  | 'makes'
  | 'shows'
  | 'replaces'
  | 'revives'
  | 'weakens'
  | 'ends'
  | 'governs'
  | 'takes'
  | 'brakes'
  | 'describes'
  | 'asks'
  | 'declines'
  | 'happens'
  | 'elsewhere';

type Judgement = (change: Change<Guarded>, before: Guarded | undefined) => Effect;

const WAITING: readonly Effect[] = [
  'makes',
  'shows',
  'replaces',
  'revives',
  'weakens',
  'ends',
  'governs',
  'takes',
];

/** What stops something, or only notes what is so already: it holds whatever others changed meanwhile. */
const STOPPING: readonly Effect[] = ['brakes', 'ends', 'takes', 'declines', 'happens'];

/** Fields that no decision on a request depends on. */
const DESCRIPTIVE = ['name', 'metadata'];
/** Fields that a suspension alone changes. */
const SUSPENDING = ['status', 'suspendedByOperator'];

/** Every kind of change by its event, so that a new one is not written before it was thought about. */
const EFFECTS = {
  'apiKey.created': 'makes',
  'apiKey.updated': updated,
  'apiKey.rotated': 'replaces',
  'apiKey.overlapEnded': 'ends',
  'apiKey.disabled': 'brakes',
  'apiKey.enabled': 'revives',
  'apiKey.revoked': 'ends',
  'apiKey.expiring': 'happens',
  'apiKey.expired': 'happens',
  'apiKey.usedFromNewIp': 'happens',
  'apiKey.leaked': 'happens',
  'apiKey.unused': 'happens',
  'apiKey.released': 'elsewhere',
  'subscription.requested': ({ state }) => (isPending(state) ? 'asks' : 'makes'),
  'subscription.approved': (change) => (isOwnRequest(change) ? 'makes' : 'asks'),
  'subscription.rejected': 'declines',
  'subscription.suspended': 'brakes',
  'subscription.resumed': 'revives',
  'subscription.updated': updated,
  'subscription.cancelled': (_, before) => (isPending(before) ? 'declines' : 'ends'),
  'subscription.keyRegenerated': 'replaces',
  'subscription.keysRevealed': 'shows',
  'role.changed': 'governs',
  'role.deleted': 'takes',
  'tenant.created': 'elsewhere',
  'tenant.updated': (change) => (changesOnly(change, DESCRIPTIVE) ? 'describes' : 'governs'),
  'tenant.suspended': (change) =>
    changesOnly(change, [...DESCRIPTIVE, ...SUSPENDING]) ? 'brakes' : 'governs',
  'tenant.resumed': 'revives',
  'api.created': 'elsewhere',
  'api.updated': 'elsewhere',
  'clientKey.revealed': 'elsewhere',
  'clientKey.regenerated': 'elsewhere',
  'product.created': 'elsewhere',
  'product.updated': 'elsewhere',
  // Whoever makes admins alone could be their own second one. Taking that away is for emergencies.
  'member.invited': ({ event }) => (event.data.role === 'admin' ? 'governs' : 'elsewhere'),
  'member.invitationRevoked': 'brakes',
  'member.joined': 'elsewhere',
  'member.roleChanged': ({ event }) =>
    (event.data.to as { role?: unknown }).role === 'admin' ? 'governs' : 'brakes',
  'member.removed': 'brakes',
  'session.started': 'elsewhere',
  'session.ended': 'brakes',
  'person.notificationsChanged': 'elsewhere',
  'signUp.requested': 'asks',
  // A member by it is a developer or an auditor, as by an invitation that does not wait.
  'signUp.approved': 'elsewhere',
  'signUp.rejected': 'declines',
  'approval.requested': 'asks',
  'approval.approved': 'asks',
  'approval.claimed': 'asks',
  'approval.rejected': 'declines',
  'approval.withdrawn': 'declines',
  'approval.lapsed': 'happens',
  'approval.failed': 'happens',
  'auth.failureBurst': 'happens',
  'auth.geoAnomaly': 'happens',
  'rateLimit.exceeded': 'happens',
  'usage.clientErrors': 'happens',
  'usage.spike': 'happens',
  'rotation.oldSecretInUse': 'happens',
  'apiKey.digestsChanged': 'happens',
  'alert.acknowledged': 'elsewhere',
  'alert.assigned': 'elsewhere',
  'alert.snoozed': 'elsewhere',
  'audit.gap': 'happens',
} as const satisfies Record<EventType, Effect | Judgement>;

/** @param before undefined for what is new */
function effectOf(change: Change<Guarded>, before: Guarded | undefined): Effect {
  const judged: Partial<Record<EventType, Effect | Judgement>> = EFFECTS;
  // While a deployment lasts, what asked may be newer than what judges: what is not known waits.
  const effect = judged[change.event.type] ?? 'governs';
  return typeof effect === 'function' ? effect(change, before) : effect;
}

/**
 * Whether a change has to wait for a second admin: on a tenant that asks for it, whatever makes, shows,
 * replaces, revives, weakens or ends live credentials, or governs them. Judged by what would change and not
 * by the operation, so that a new way to the same change waits as well.
 * @param tenant as it is before the change
 * @param before what is to be changed, as it is; undefined for what is new
 */
export function waitsForApproval(
  { settings }: Tenant,
  change: Change<Guarded>,
  before: Guarded | undefined,
): boolean {
  if (!settings.requireApproval) return false;
  if ('environment' in change.state && change.state.environment !== 'live') return false;
  return WAITING.includes(effectOf(change, before));
}

/** Whether a change stops something, or only notes what is so: it waits for nobody's turn. */
export function stops(change: Change<object>, before: object | undefined): boolean {
  return STOPPING.includes(effectOf(change as Change<Guarded>, before as Guarded | undefined));
}

/**
 * Whether a change that others' came before may be decided again by how things are now. What stops something
 * may, whatever they changed. What revives never: a brake that was pulled meanwhile is not to be let go of by
 * somebody who did not see it. All else may as long as nobody touched what it is about; where somebody did,
 * one of the two wins and the other is told.
 * @param before what it was decided on
 */
export function isDecidedAgain(
  change: Change<object>,
  before: object | undefined,
  isTouched: boolean,
): boolean {
  const effect = effectOf(change as Change<Guarded>, before as Guarded | undefined);
  return stops(change, before) || (effect !== 'revives' && !isTouched);
}

/** Nobody waits to take a binding back: a rotation that nobody may make any more ends nothing. */
function updated(change: Change<Guarded>): Effect {
  const to = Object(change.event.data.to) as { rotation?: unknown };
  if (changesOnly(change, ['rotation']) && to.rotation === null) return 'brakes';
  return changesOnly(change, DESCRIPTIVE) ? 'describes' : 'weakens';
}

function changesOnly({ event }: Change<Guarded>, fields: readonly string[]): boolean {
  return Object.keys(event.data.to ?? {}).every((field) => fields.includes(field));
}

function isPending(state: Guarded | undefined): boolean {
  return state !== undefined && 'state' in state && state.state === 'pending';
}

/** A request that somebody else made is seen by two people once it is approved. */
function isOwnRequest({ state, event }: Change<Guarded>): boolean {
  return 'createdBy' in state && state.createdBy === event.actor.id;
}
