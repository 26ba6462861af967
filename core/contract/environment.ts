/**
 * Environment variables that `lib/` gives to functions. All values are strings. Each is an export of its own, so that a
 * function's bundle holds those that it reads.
 */

/** Name of the DynamoDB table that holds credentials, tenants and APIs. */
export const table = 'KEYWRIGHT_TABLE';
/** Name of the Region's own table of what requests write: networks that were seen, and what is used of limits. */
export const regionalTable = 'KEYWRIGHT_REGIONAL_TABLE';
/** Name of the append-only audit table. */
export const auditTable = 'KEYWRIGHT_AUDIT_TABLE';
/** Its ARN, where its policy is read. */
export const auditTableArn = 'KEYWRIGHT_AUDIT_TABLE_ARN';
/** How many days audit records are kept; 0 for ever. */
export const auditRetentionDays = 'KEYWRIGHT_AUDIT_RETENTION_DAYS';
/** `true` where the audit table was a copy in another Region before the control plane was moved there. */
export const auditTableWasCopy = 'KEYWRIGHT_AUDIT_TABLE_WAS_COPY';
/** ARN of the KMS key that heads of audit chains are signed with. */
export const anchorKey = 'KEYWRIGHT_AUDIT_ANCHOR_KEY';
/** Name of the log group that signed heads are kept in. */
export const anchorLogGroup = 'KEYWRIGHT_AUDIT_ANCHOR_LOG_GROUP';
/** `true` where signed heads also go to the archive of audit events. */
export const anchorArchive = 'KEYWRIGHT_AUDIT_ANCHOR_ARCHIVE';
/** URL of the queue for events that can't be published as they are. */
export const setAsideQueue = 'KEYWRIGHT_SET_ASIDE_QUEUE';
/** Name of the table of usage: counts, and when each credential was last used. */
export const usageTable = 'KEYWRIGHT_USAGE_TABLE';
/** How long counts of hours and of days are kept, in days. */
export const usageHourDays = 'KEYWRIGHT_USAGE_HOUR_DAYS';
export const usageDayDays = 'KEYWRIGHT_USAGE_DAY_DAYS';
/** `true` where requests are counted from files. */
export const usageFiles = 'KEYWRIGHT_USAGE_FILES';
/** URL of the queue of log lines that could not be counted. */
export const usageDeadLetters = 'KEYWRIGHT_USAGE_DEAD_LETTERS';
/** Those of the other Regions, JSON of `{"<Region>": "<URL>"}`; absent where there are none. */
export const usageDeadLettersElsewhere = 'KEYWRIGHT_USAGE_DEAD_LETTERS_ELSEWHERE';
/** Where the control plane is; absent in its own Region. */
export const mainRegion = 'KEYWRIGHT_MAIN_REGION';
/** Whose regional table limits are counted in; absent where it is the function's own Region's. */
export const limitsRegion = 'KEYWRIGHT_LIMITS_REGION';
/** Name of the EventBridge bus that carries audit events. */
export const bus = 'KEYWRIGHT_BUS';
/** ARN or name of the Secrets Manager secret that holds the pepper's versions. */
export const pepperSecret = 'KEYWRIGHT_PEPPER_SECRET';
/** Name of the secret by which the management API knows CloudFront. */
export const originSecret = 'KEYWRIGHT_ORIGIN_SECRET';
/** ARN of the KMS key that short texts in items are sealed with. */
export const secretsKey = 'KEYWRIGHT_SECRETS_KEY';
/** ARN of the KMS key that such texts may have been sealed with before; absent where there is none. */
export const secretsKeyBefore = 'KEYWRIGHT_SECRETS_KEY_BEFORE';
/** The operator's key prefix without its underscore; empty for none. */
export const vendor = 'KEYWRIGHT_VENDOR';
/** The protected API (`api_…`) that an authorizer function answers for. */
export const apiId = 'KEYWRIGHT_API_ID';
/** How long an authorizer instance may use a record after starting to read it, in seconds. */
export const cacheSeconds = 'KEYWRIGHT_CACHE_SECONDS';
/** How old a record may be that is used because nothing newer can be read, in seconds; 0 for never. */
export const staleSeconds = 'KEYWRIGHT_STALE_SECONDS';
/** `true` where the sweep deletes what has ended, since the table has no time-to-live. */
export const endsItems = 'KEYWRIGHT_ENDS_ITEMS';
/** How many records an authorizer instance keeps at most. */
export const cacheEntries = 'KEYWRIGHT_CACHE_ENTRIES';
/** How long API Gateway keeps an authorizer's answer, in seconds; 0 when it keeps none. */
export const gatewayCacheSeconds = 'KEYWRIGHT_GATEWAY_CACHE_SECONDS';
/** `true` where keys that were issued elsewhere and imported are accepted or, as leaked ones, looked for. */
export const acceptImportedKeys = 'KEYWRIGHT_ACCEPT_IMPORTED_KEYS';
/** API Gateway usage plans of new credentials, `{"sandbox":["<id>"],"live":[]}` as JSON; absent for none. */
export const usagePlans = 'KEYWRIGHT_USAGE_PLANS';
/** `true` where an authorizer tells API Gateway which of its own keys a caller is counted by. */
export const usageIdentifiers = 'KEYWRIGHT_USAGE_IDENTIFIERS';
/** Limits of keys without any of their own, as JSON by environment: `{"sandbox":"6000/60","live":""}`. */
export const defaultLimits = 'KEYWRIGHT_DEFAULT_LIMITS';
/** Name of the function that rewrites what is stored of keys as they are used. */
export const keyUpkeep = 'KEYWRIGHT_KEY_UPKEEP';
/** Origins of the portals, separated by spaces; the first is meant where a request does not say. */
export const portalOrigins = 'KEYWRIGHT_PORTAL_ORIGINS';
/** `iss` of the tokens that people come with. */
export const issuer = 'KEYWRIGHT_ISSUER';
/** Audiences of access tokens that are taken, separated by spaces. */
export const audiences = 'KEYWRIGHT_AUDIENCES';
/** Whom the portal is at the issuer. */
export const clientId = 'KEYWRIGHT_CLIENT_ID';
/** ARN or name of the Secrets Manager secret that holds the portal's client secret. */
export const clientSecret = 'KEYWRIGHT_CLIENT_SECRET';
/** What the portal asks the issuer for, separated by spaces. */
export const scopes = 'KEYWRIGHT_SCOPES';
/** `acr_values` of a sign-in that is to confirm who somebody is; empty for none. */
export const stepUpAcrValues = 'KEYWRIGHT_STEP_UP_ACR_VALUES';
/** How long a sign-in counts as recent, in seconds. */
export const recentSignInSeconds = 'KEYWRIGHT_RECENT_SIGN_IN_SECONDS';
/** Name of the function that asks the issuer about people who are signed in. */
export const sessionFunction = 'KEYWRIGHT_SESSION_FUNCTION';
/** Whom the command signs people in as at the issuer; empty where nobody said. */
export const commandClientId = 'KEYWRIGHT_COMMAND_CLIENT_ID';
/** Where a guard asks `POST /v1/verify`, whole. */
export const verifyUrl = 'KEYWRIGHT_VERIFY_URL';
/** Who may sign up, as JSON: `{"mode":"domains","domains":{"acme.example":"tenant_acme"}}`. */
export const signUp = 'KEYWRIGHT_SIGN_UP';
/** `true` where mails are sent. */
export const mail = 'KEYWRIGHT_MAIL';
/** Whom mails are from: an address, or a name and an address in angle brackets. */
export const mailFrom = 'KEYWRIGHT_MAIL_FROM';
/** Address of the portal, without a slash at its end. */
export const portalUrl = 'KEYWRIGHT_PORTAL_URL';
/** Where the management API is reached, without `/v1`, by functions in others' stacks. */
export const managementUrl = 'KEYWRIGHT_URL';
/** How long a stored key's old secret works on once another is handed out, in seconds; absent for as long as may be. */
export const overlapSeconds = 'KEYWRIGHT_OVERLAP_SECONDS';
/** `hold` or `end`: what a rotation does where the secret that it would end is in use. */
export const onOldSecretInUse = 'KEYWRIGHT_ON_OLD_SECRET_IN_USE';
/** Where a new key is tried before it is handed out. */
export const probe = 'KEYWRIGHT_PROBE';
