/** Metrics that alarms watch. Unit: count, where nothing else is said. */

/** Requests refused by an authorizer, a guard or `verify`; dimension `cause`. */
export const refused = 'Refused';
/** Decisions that could not be made because a dependency failed. */
export const unavailable = 'AuthorizerUnavailable';
/** Decisions by a record past its time, because no newer one could be read. */
export const stale = 'StaleDecisions';
/** Changes of items whose events the audit log lacks, each when it is found. */
export const auditGaps = 'AuditGaps';
/** Heads of audit chains that could not be signed or written. */
export const anchorsFailed = 'AuditAnchorsFailed';
/** Days since the pepper got its current version. */
export const pepperAgeDays = 'PepperAgeDays';
/** Versions of the pepper that its last change took away or gave another text. */
export const pepperVersionsLost = 'PepperVersionsLost';
/** How long what was due longest had waited when a sweep came to it; unit: seconds. */
export const sweepLagSeconds = 'SweepLagSeconds';
