/**
 * What AWS's services take and give at most, in bytes. Whatever grows with what people store is held below
 * these by its schemas, by its lists' pages or by its writes; and the local servers refuse what AWS would.
 */
export const PLATFORM_LIMITS = {
  /** «Service, account, and table quotas in Amazon DynamoDB»: an item, its attributes' names included. */
  itemBytes: 400 * 1024,
  /** «Lambda quotas»: an invocation's payload, a request or an answer, synchronous. */
  invocationBytes: 6_291_556,
  /** «Quotas for configuring and running an HTTP API in API Gateway»: a payload. */
  gatewayPayloadBytes: 10 * 1024 * 1024,
  /** The same: request line and all headers' values together. */
  headerBytes: 10_240,
  /** «Quotas for configuring and running a REST API in API Gateway»: an authorizer's result. */
  authorizerResultBytes: 8 * 1024,
  /** «Calculating Amazon EventBridge event entry size»: an entry, and all entries of a request. */
  eventBytes: 256 * 1024,
  /** «Amazon SQS message quotas»: a message. */
  messageBytes: 1024 * 1024,
} as const;

/**
 * How much of an invocation's payload a list, an export or an import's answer takes; the rest is for what
 * surrounds it. Counted as a payload has it: the answer's body is a text inside of JSON, escaped once more.
 */
export const LARGEST_LIST_BYTES = 5 * 1024 * 1024;

/** How much of an event's bytes an event that we write takes; the rest is for its type, source and time. */
export const LARGEST_EVENT_BYTES = PLATFORM_LIMITS.eventBytes - 1024;
