import * as ENV from './environment.ts';
import * as METRIC from './metrics.ts';

/**
 * What the deployed stacks and the code inside them must agree on: names of environment variables,
 * indexes and resources. `lib/` sets them, `functions/` reads them; nothing else may spell them.
 */

export { ENV, METRIC };

/** The request headers that API Gateway's cache of authorizers' answers tells requests apart by; each must be sent. */
export const CACHE_KEY_HEADERS = ['x-api-key', 'x-tn'] as const;

/** Global secondary indexes of the main table. */
export const TABLE_INDEX = {
  /** `listPk` / `listSk`: keys and subscriptions of a tenant, all tenants, APIs, products; newest last. */
  list: 'list',
  /** `subscriptionPk` / `subscriptionSk`: subscriptions of all tenants by state, spread; newest last. */
  subscriptions: 'subscriptions',
  /** `alertPk` / `alertSk`: alerts of all tenants and of none by state, spread; newest last. */
  alerts: 'alerts',
  /** `duePk` / `dueAt`: what a sweep has to look at, by when; keys only, and nothing that need not be swept. */
  due: 'due',
  /** `namePk` / `nameKey`: a tenant's keys by name, in lower case; of the item its key only. */
  names: 'names',
  /** `hintKey` / `nameKey`: keys of all tenants by their newest secret's hint; likewise. */
  hints: 'hints',
} as const;

/** What these indexes hold of an item besides keys: what their lists show, and neither its event nor what repeats it. */
export const INDEX_ATTRIBUTES = {
  subscriptions: [
    'subscriptionId',
    'tenantId',
    'productId',
    'name',
    'environment',
    'state',
    'createdAt',
    'createdBy',
    'slots',
    'digests',
    'imported',
    'oauthClientIds',
  ],
  alerts: [
    'alertId',
    'kind',
    'tenantId',
    'subject',
    'evidence',
    'state',
    'foundAt',
    'acknowledgedBy',
    'acknowledgedAt',
    'note',
    'assignedTo',
    'snoozedUntil',
  ],
} as const;

/** Global secondary indexes of the audit table. */
export const AUDIT_INDEX = {
  /** `day` / `sk`: every tenant's records of one UTC day. */
  byDay: 'byDay',
} as const;

/** Attribute of every written item that holds the audit event of that write. */
export const LAST_EVENT = 'lastEvent';

/** Attribute that bars the place of a credential, since what its key was to be leads elsewhere. */
export const BARRED = 'barred';

/**
 * Attribute of an item whose changes are numbered: the first revision whose event says its number. From it on
 * the audit log has each.
 */
export const EVENTS_FROM = 'eventsFrom';

/** Attribute that DynamoDB's time-to-live reads: seconds since 1970. */
export const TTL_ATTRIBUTE = 'ttl';

/** Partition keys of what ends by itself in the main table, as IAM takes patterns; `SIGNUP#2*` are days. */
export const ENDING_KEYS: readonly string[] = [
  'SESSION#*',
  'ALERT#*',
  'DOCUMENT#*',
  'MAIL#*',
  'DIGEST#*',
  'SUPPRESSED#*',
  'TOKENS#*',
  'SIGNUP#2*',
];

/** Attribute of an item that many change at once: whose request is to change it next, `of`, and `until` when. */
export const TURN_ATTRIBUTE = 'turn';

/** What the names of all counts begin with that are kept of a credential's limits. */
export const USED_PREFIX = 'used#';

/** Physical names that operators and the contract refer to. */
export const RESOURCE = {
  table: 'keywright',
  regionalTable: 'keywright-regional',
  auditTable: 'keywright-audit',
  usageTable: 'keywright-usage',
  usageDeadLetters: 'keywright-usage-dead-letters',
  /** What its bucket and its role are named after as well. */
  usageStream: 'keywright-usage',
  /** API Gateway writes access logs to no delivery stream whose name begins otherwise. */
  requestStream: 'amazon-apigateway-keywright',
  setAsideEvents: 'keywright-set-aside-events',
  bus: 'keywright',
  auditArchiveStream: 'keywright-audit-archive',
  /** Signed heads of audit chains, a stream for each tenant. */
  auditAnchors: '/keywright/audit-anchors',
  eventRegistry: 'keywright',
  pepperSecret: 'keywright/pepper',
  originSecret: 'keywright/origin',
  keyUpkeep: 'keywright-key-upkeep',
  brake: 'keywright-brake',
  session: 'keywright-session',
  portalClientSecret: 'keywright/portal-client-secret',
  mailQueue: 'keywright-mail',
  mailDeadLetters: 'keywright-mail-dead-letters',
  mailConfigurationSet: 'keywright',
} as const;

/** Where files lie in the bucket of `usageFiles`: below these by year, month, day and hour, UTC. */
export const USAGE_FILES = {
  /** Of messages of CloudWatch Logs, with log lines in them. */
  messages: 'lines/',
  /** Of lines of access logs, as API Gateway wrote them past CloudWatch Logs. */
  requests: 'requests/',
} as const;

/** The REST API of what strangers may call: `/v1` is its stage, so its own address has the contract's paths. */
export const PUBLIC_API = {
  name: 'keywright-public',
  stage: 'v1',
  /** What a custom domain maps to it; API Gateway then takes these segments off the path. */
  mapping: 'v1/leaks',
  /** Stage variable: what precedes the resources' paths in the contract's. */
  base: 'base',
} as const;

/** Name of the file beside a function's code that tells the countries of addresses. */
export const COUNTRY_DATABASE = 'countries.mmdb';

/** An API's OpenAPI document, as JSON, beside the code of what registers it. */
export const OPENAPI_FILE = 'openapi.json';

/** `source` of every event on the bus. */
export const EVENT_SOURCE = 'keywright';

/** `source` on the bus of signed heads of audit chains, which are no events and go to the archive alone. */
export const ANCHOR_SOURCE = 'keywright.anchors';

/** Namespace of every CloudWatch metric that Keywright emits. */
export const METRIC_NAMESPACE = 'Keywright';

/** Seconds within which a revocation, role change or suspension must hold everywhere (the promise). */
export const REVOCATION_SECONDS = 5;
