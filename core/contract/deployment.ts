/**
 * What the deployed stacks and the code inside them must agree on: names of environment variables,
 * indexes and resources. `lib/` sets them, `functions/` reads them; nothing else may spell them.
 */

/** Environment variables that `lib/` gives to functions. All values are strings. */
export const ENV = {
  /** Name of the DynamoDB table that holds credentials, tenants and APIs. */
  table: 'KEYWRIGHT_TABLE',
  /** Name of the append-only audit table. */
  auditTable: 'KEYWRIGHT_AUDIT_TABLE',
  /** Its ARN, where its policy is read. */
  auditTableArn: 'KEYWRIGHT_AUDIT_TABLE_ARN',
  /** How many days audit records are kept; 0 for ever. */
  auditRetentionDays: 'KEYWRIGHT_AUDIT_RETENTION_DAYS',
  /** ARN of the KMS key that heads of audit chains are signed with. */
  anchorKey: 'KEYWRIGHT_AUDIT_ANCHOR_KEY',
  /** Name of the log group that signed heads are kept in. */
  anchorLogGroup: 'KEYWRIGHT_AUDIT_ANCHOR_LOG_GROUP',
  /** `true` where signed heads also go to the archive of audit events. */
  anchorArchive: 'KEYWRIGHT_AUDIT_ANCHOR_ARCHIVE',
  /** URL of the queue for events that can't be published as they are. */
  setAsideQueue: 'KEYWRIGHT_SET_ASIDE_QUEUE',
  /** Name of the table of usage: counts, and when each credential was last used. */
  usageTable: 'KEYWRIGHT_USAGE_TABLE',
  /** How long counts of hours and of days are kept, in days. */
  usageHourDays: 'KEYWRIGHT_USAGE_HOUR_DAYS',
  usageDayDays: 'KEYWRIGHT_USAGE_DAY_DAYS',
  /** Name of the EventBridge bus that carries audit events. */
  bus: 'KEYWRIGHT_BUS',
  /** ARN or name of the Secrets Manager secret that holds the pepper's versions. */
  pepperSecret: 'KEYWRIGHT_PEPPER_SECRET',
  /** ARN of the KMS key for secrets that functions make. */
  secretsKey: 'KEYWRIGHT_SECRETS_KEY',
  /** The operator's key prefix without its underscore; empty for none. */
  vendor: 'KEYWRIGHT_VENDOR',
  /** The protected API (`api_…`) that an authorizer function answers for. */
  apiId: 'KEYWRIGHT_API_ID',
  /** How long an authorizer instance may use a record after starting to read it, in seconds. */
  cacheSeconds: 'KEYWRIGHT_CACHE_SECONDS',
  /** How old a record may be that is used because nothing newer can be read, in seconds; 0 for never. */
  staleSeconds: 'KEYWRIGHT_STALE_SECONDS',
  /** How many records an authorizer instance keeps at most. */
  cacheEntries: 'KEYWRIGHT_CACHE_ENTRIES',
  /** How long API Gateway keeps an authorizer's answer, in seconds; 0 when it keeps none. */
  gatewayCacheSeconds: 'KEYWRIGHT_GATEWAY_CACHE_SECONDS',
  /** `true` where keys that were issued elsewhere and imported are accepted or, as leaked ones, looked for. */
  acceptImportedKeys: 'KEYWRIGHT_ACCEPT_IMPORTED_KEYS',
  /** API Gateway usage plans of new credentials, `{"sandbox":["<id>"],"live":[]}` as JSON; absent for none. */
  usagePlans: 'KEYWRIGHT_USAGE_PLANS',
  /** `true` where an authorizer tells API Gateway which of its own keys a caller is counted by. */
  usageIdentifiers: 'KEYWRIGHT_USAGE_IDENTIFIERS',
  /** Limits of keys without any of their own, as JSON by environment: `{"sandbox":"6000/60","live":""}`. */
  defaultLimits: 'KEYWRIGHT_DEFAULT_LIMITS',
  /** Name of the function that rewrites what is stored of keys as they are used. */
  keyUpkeep: 'KEYWRIGHT_KEY_UPKEEP',
  /** Where a guard asks `POST /v1/verify`, whole. */
  verifyUrl: 'KEYWRIGHT_VERIFY_URL',
} as const;

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

/** Attribute of an item that many change at once: whose request is to change it next, `of`, and `until` when. */
export const TURN_ATTRIBUTE = 'turn';

/** What the names of all counts begin with that are kept of a credential's limits. */
export const USED_PREFIX = 'used#';

/** Physical names that operators and the contract refer to. */
export const RESOURCE = {
  table: 'keywright',
  auditTable: 'keywright-audit',
  usageTable: 'keywright-usage',
  usageDeadLetters: 'keywright-usage-dead-letters',
  setAsideEvents: 'keywright-set-aside-events',
  bus: 'keywright',
  auditArchiveStream: 'keywright-audit-archive',
  /** Signed heads of audit chains, a stream for each tenant. */
  auditAnchors: '/keywright/audit-anchors',
  eventRegistry: 'keywright',
  pepperSecret: 'keywright/pepper',
  keyUpkeep: 'keywright-key-upkeep',
  brake: 'keywright-brake',
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

/** What precedes the owner's id in the names of secrets that hold keys which can be shown again. */
export const SECRET_PREFIX = {
  /** Both keys of a subscription, `sub_…`. */
  subscription: 'keywright/subscription/',
  /** The client key of an API, `api_…`. */
  clientKey: 'keywright/client-key/',
} as const;

/** `source` of every event on the bus. */
export const EVENT_SOURCE = 'keywright';

/** `source` on the bus of signed heads of audit chains, which are no events and go to the archive alone. */
export const ANCHOR_SOURCE = 'keywright.anchors';

/** Namespace of every CloudWatch metric that Keywright emits. */
export const METRIC_NAMESPACE = 'Keywright';

/** Metrics that alarms watch. Unit: count. */
export const METRIC = {
  /** Requests refused by an authorizer, a guard or `verify`; dimension `cause`. */
  refused: 'Refused',
  /** Decisions that could not be made because a dependency failed. */
  unavailable: 'AuthorizerUnavailable',
  /** Decisions by a record past its time, because no newer one could be read. */
  stale: 'StaleDecisions',
  /** Changes of items whose events the audit log lacks, each when it is found. */
  auditGaps: 'AuditGaps',
  /** Heads of audit chains that could not be signed or written. */
  anchorsFailed: 'AuditAnchorsFailed',
  /** Days since the pepper got its current version. */
  pepperAgeDays: 'PepperAgeDays',
  /** Versions of the pepper that its last change took away or gave another text. */
  pepperVersionsLost: 'PepperVersionsLost',
  /** How long what was due longest had waited when a sweep came to it; unit: seconds. */
  sweepLagSeconds: 'SweepLagSeconds',
} as const;

/** Seconds within which a revocation, role change or suspension must hold everywhere (the promise). */
export const REVOCATION_SECONDS = 5;
