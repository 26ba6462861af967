import type { AuditEvent } from '../../contract/events.ts';
import { type AnsweredEvent, type MailedEvent, PORTAL_PATH } from '../../contract/mail.ts';
import { type ApprovableOperation, showsSecret } from '../approvals/approval.ts';
import type { Subject } from './notice.ts';

/** A mail before it has a form. Texts that people gave stand in `facts` and in `named` alone. */
export interface Letter {
  readonly subject: string;
  /** Sentences, each a paragraph. */
  readonly paragraphs: readonly string[];
  /** What and who, by label. */
  readonly facts: readonly (readonly [label: string, text: string])[];
  /** What to do: a path of the portal, and what the link says. */
  readonly action: { readonly path: string; readonly label: string };
  /** True for what somebody was sent because of settings, and can turn off. */
  readonly isNotification: boolean;
}

/** What a letter is made of, beside its event. */
export interface Enclosed {
  readonly subject: Subject;
  readonly tenantName: string | undefined;
}

const LONGEST_NAME = 80;
/** What mail programs make links of: a word joiner behind it, which nobody sees, keeps a name from being one. */
const LINKED = /([.:/@])(?=[^\s\d])/g;
/** Controls, and what changes the direction or is not seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text that somebody gave, fit to be read in a mail of ours: one line, no link, not long. */
export function named(text: string): string {
  const line = text.replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim();
  const cut = [...line].length > LONGEST_NAME ? `${[...line].slice(0, LONGEST_NAME - 1).join('')}…` : line;
  return cut.replace(LINKED, '$1\u2060');
}

const quoted = (text: string | undefined, otherwise: string) =>
  text === undefined || text === '' ? otherwise : `“${named(text)}”`;

/** Operations as people say them. */
const OPERATIONS: Readonly<Record<string, string>> = {
  createKey: 'create an API key',
  updateKey: 'change an API key',
  rotateKey: 'rotate an API key',
  endOverlap: 'end the overlap of an API key',
  enableKey: 'enable an API key',
  revokeKey: 'revoke an API key',
  createSubscription: 'subscribe to a product',
  approveSubscription: 'approve a subscription',
  resumeSubscription: 'resume a subscription',
  cancelSubscription: 'cancel a subscription',
  revealSubscriptionKeys: 'show the keys of a subscription',
  regenerateSubscriptionKey: 'regenerate a key of a subscription',
  updateTenant: 'change the tenant',
  putRole: 'change a role',
  deleteRole: 'delete a role',
  createInvitation: 'invite an admin',
  updateMember: 'make a member an admin',
};

type Draft = Omit<Letter, 'isNotification' | 'facts'> & { readonly facts?: Letter['facts'] };
type Writer = (event: AuditEvent, enclosed: Enclosed) => Draft;

const subscriptionOf = ({ subject }: Enclosed) =>
  `the subscription ${quoted(subject.name, 'of your tenant')}`;
const toSubscription = ({ subject: { id } }: AuditEvent) => ({
  path: PORTAL_PATH.subscription(id),
  label: 'Open the subscription',
});

/** What was decided on a subscription, in the words of its state. */
function ofSubscription(done: string, advice: string): Writer {
  return (event, enclosed) => ({
    subject: `Your subscription ${quoted(enclosed.subject.name, '')} was ${done}`.replace('  ', ' '),
    paragraphs: [`Somebody has ${done} ${subscriptionOf(enclosed)}. ${advice}`],
    facts: facts(['Reason', event.data.reason]),
    action: toSubscription(event),
  });
}

function ofApproval(done: string, advice: (what: ApprovableOperation) => string): Writer {
  return ({ data }) => {
    const operation = OPERATIONS[String(data.operation)] ?? 'make a change';
    return {
      subject: `Your request to ${operation} ${done}`,
      paragraphs: [
        `You had asked to ${operation}, which waits for a second person. The request ${done}. ${advice(data as ApprovableOperation)}`,
      ],
      facts: facts(['About', idOf(data.subject)], ['Reason', data.reason]),
      action: { path: PORTAL_PATH.waiting, label: 'Open the request' },
    };
  };
}

const WRITERS: Readonly<Record<Exclude<MailedEvent, AnsweredEvent>, Writer>> = {
  'approval.requested': ({ data }) => {
    const operation = OPERATIONS[String(data.operation)] ?? 'make a change';
    return {
      subject: `Waiting for you: a request to ${operation}`,
      paragraphs: [
        `Somebody asks to ${operation}. It is done only when a second admin approves it, and lapses after 24 hours.`,
      ],
      facts: facts(['About', idOf(data.subject)]),
      action: { path: PORTAL_PATH.waiting, label: 'Decide' },
    };
  },
  'approval.approved': ofApproval('was approved', (what) =>
    showsSecret(what)
      ? 'Call for it within 24 hours of asking: the secret is shown to you alone.'
      : 'It is being carried out now.',
  ),
  'approval.rejected': ofApproval('was rejected', () => 'Nothing was changed.'),
  'approval.lapsed': ofApproval('has lapsed', () => 'Nothing was changed; ask again if it is still needed.'),
  'approval.failed': ofApproval('could not be carried out', () => 'Nothing was changed.'),
  'subscription.requested': (event, { subject }) => ({
    subject: `Waiting for you: a subscription ${quoted(subject.name, '')}`.trim(),
    paragraphs: [
      'Somebody asks for a subscription to a product that needs approval. Its keys work once it is approved.',
    ],
    facts: facts(
      ['Name', subject.name],
      ['Environment', subject.environment],
      ['Product', event.data.productId],
    ),
    action: { path: PORTAL_PATH.waiting, label: 'Decide' },
  }),
  'signUp.requested': ({ data }) => ({
    subject: 'Waiting for you: somebody wants to sign up',
    paragraphs: [
      'Somebody without an invitation asks to act for a tenant. Nothing is given until you decide.',
    ],
    facts: facts(['Address', data.email], ['Company', data.company], ['Use', data.use]),
    action: { path: PORTAL_PATH.waiting, label: 'Decide' },
  }),
  'subscription.approved': ofSubscription(
    'approved',
    'Its keys work now, in the portal you can have them shown.',
  ),
  'subscription.rejected': ofSubscription('rejected', 'Its keys do not work.'),
  'subscription.suspended': ofSubscription('suspended', 'Its keys are refused until it is resumed.'),
  'subscription.resumed': ofSubscription('resumed', 'Its keys work again.'),
  'subscription.cancelled': ofSubscription('cancelled', 'Its keys are refused, for good.'),
  'apiKey.expiring': ({ data, subject, tenantId }) => ({
    subject: `API key ${quoted(text(data.name), '')} expires in ${inDays(data.daysLeft)}`.replace('  ', ' '),
    paragraphs: [
      'From then on it is refused, for good. Give whoever uses it another key before, or let it expire if nobody does.',
    ],
    facts: facts(['Key', subject.id], ['Name', data.name], ['Expires', time(data.expiresAt)]),
    action: { path: PORTAL_PATH.key(String(tenantId), subject.id), label: 'Open the key' },
  }),
  'apiKey.leaked': (event, { subject }) => ({
    subject: `Leaked: ${LEAKED[event.subject.type] ?? 'a key'} ${quoted(subject.name, '')}`.trim(),
    paragraphs: [
      `Somebody who should not have it holds ${LEAKED[event.subject.type] ?? 'a key'} of yours, and has reported it. ${RESPONSES[String(event.data.response)] ?? ''}`.trim(),
      'See in the usage whether it was used by others, and find out how it came to be where it was found.',
    ],
    facts: facts(
      ['About', event.subject.id],
      ['Name', subject.name],
      ['Found by', sourceOf(event.data.source)],
    ),
    action: placeOf(event),
  }),
  'apiKey.usedFromNewIp': (event, { subject }) => ({
    subject: `New network: ${quoted(subject.name, event.subject.id)}`,
    paragraphs: ['A key was used from a network that it had not been used from in 90 days.'],
    facts: facts(['About', event.subject.id], ['Network', event.data.network]),
    action: placeOf(event),
  }),
};

const LEAKED: Readonly<Record<string, string>> = {
  apiKey: 'an API key',
  subscription: 'a subscription key',
  api: 'a client key',
};
const RESPONSES: Readonly<Record<string, string>> = {
  keyRevoked: 'The key was revoked at once: whoever uses it needs another.',
  secretEnded: 'The secret was ended at once; the key’s other one works on.',
  slotEnded: 'The key was ended at once; the subscription’s other one works on. Regenerate it.',
  notified: 'It works still: rotate it without an overlap, or revoke it.',
};

/** The letter that tells of an event. Ids, times and sentences of ours; what people gave is `named`. */
export function letterOf(event: AuditEvent, enclosed: Enclosed): Letter {
  const write = WRITERS[event.type as keyof typeof WRITERS];
  const { facts: own = [], ...draft } = write(event, enclosed);
  const who = facts(
    ['Tenant', tenantIn(enclosed, event)],
    ['By', event.actor.type === 'system' || event.actor.type === 'apiKey' ? undefined : event.actor.name],
    ['When', time(event.time)],
  );
  return { ...draft, facts: [...own, ...who], isNotification: true };
}

/** What an invitation says. @param token good once; it stands in the link alone */
export function invitationLetter(event: AuditEvent, enclosed: Enclosed, token: string): Letter {
  const tenant = quoted(enclosed.tenantName, String(event.tenantId));
  return {
    subject: `You are invited to ${tenant}`,
    paragraphs: [
      `You are invited to act for ${tenant}. Sign in with this e-mail address to accept; nobody else can.`,
      'If you don’t know what this is, do nothing: the invitation lapses by itself.',
    ],
    facts: facts(
      ['Role', event.data.role],
      ['Invited by', event.actor.name],
      ['Until', time(event.data.expiresAt)],
    ),
    action: { path: PORTAL_PATH.invitation(token), label: 'Accept the invitation' },
    isNotification: false,
  };
}

/** What became of somebody's sign-up, told to that person. */
export function signUpLetter({ type, data }: AuditEvent, { tenantName }: Enclosed): Letter {
  const tenant = quoted(tenantName, String(data.tenantId));
  return type === 'signUp.approved'
    ? {
        subject: `Welcome to ${tenant}`,
        paragraphs: [`You act for ${tenant} now: see the catalogue, and subscribe to what you need.`],
        facts: [],
        action: { path: PORTAL_PATH.home, label: 'Open the portal' },
        isNotification: false,
      }
    : {
        subject: 'Your sign-up was rejected',
        paragraphs: ['You asked to act for a tenant, and it was decided otherwise. You may ask again.'],
        facts: facts(['Reason', data.reason]),
        action: { path: PORTAL_PATH.home, label: 'Open the portal' },
        isNotification: false,
      };
}

/** What a key of which day was used from, or when it ends: a line of a digest. */
export function digestLine(event: AuditEvent, subject: Subject): string {
  const what =
    subject.name === undefined ? event.subject.id : `${quoted(subject.name, '')} (${event.subject.id})`;
  return event.type === 'apiKey.expiring'
    ? `${what} expires in ${inDays(event.data.daysLeft)}, on ${time(event.data.expiresAt)}`
    : `${what} was used from a new network, ${named(String(event.data.network))}`;
}

/** A tenant's part of a digest. */
export interface DigestPart {
  readonly tenantId: string;
  readonly tenantName: string | undefined;
  readonly lines: readonly string[];
}

const MOST_LINES = 50;

/** What happened in a day. @param day `2026-11-22` */
export function digestLetter(day: string, parts: readonly DigestPart[]): Letter {
  const count = parts.reduce((sum, { lines }) => sum + lines.length, 0);
  return {
    subject: `${count} ${count === 1 ? 'thing' : 'things'} about your keys on ${day}`,
    paragraphs: ['Nothing of this needs an answer at once. Look at what you did not expect.'],
    facts: parts.flatMap(({ tenantId, tenantName, lines }) => [
      ...lines.slice(0, MOST_LINES).map((line) => [quoted(tenantName, tenantId), line] as const),
      ...(lines.length > MOST_LINES
        ? [[quoted(tenantName, tenantId), `and ${lines.length - MOST_LINES} more`] as const]
        : []),
    ]),
    action: { path: PORTAL_PATH.keys(parts[0]?.tenantId ?? ''), label: 'Open the keys' },
    isNotification: true,
  };
}

function placeOf({ subject: { type, id }, tenantId }: AuditEvent): Letter['action'] {
  if (type === 'subscription') return { path: PORTAL_PATH.subscription(id), label: 'Open the subscription' };
  if (type === 'api') return { path: PORTAL_PATH.api(id), label: 'Open the API' };
  return { path: PORTAL_PATH.key(String(tenantId), id), label: 'Open the key' };
}

/** Those that have a text. */
function facts(...all: readonly (readonly [string, unknown])[]): Letter['facts'] {
  return all.flatMap(([label, value]) => {
    const given = text(value);
    return given === undefined || given === '' ? [] : [[label, named(given)] as const];
  });
}

function tenantIn({ tenantName }: Enclosed, { tenantId }: AuditEvent): string | undefined {
  if (tenantId === null) return undefined;
  return tenantName === undefined ? tenantId : `${tenantName} (${tenantId})`;
}

function sourceOf(source: unknown): string | undefined {
  const { by, url } = Object(source) as { by?: unknown; url?: unknown };
  return typeof url === 'string' ? `${by}, ${url}` : text(by);
}

function idOf(subject: unknown): string | undefined {
  return text((Object(subject) as { id?: unknown }).id);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function inDays(days: unknown): string {
  return days === 1 ? '1 day' : `${Number(days)} days`;
}

/** `2026-11-22 12:00 UTC` */
function time(iso: unknown): string {
  return `${String(iso).slice(0, 16).replace('T', ' ')} UTC`;
}
