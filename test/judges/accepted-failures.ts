/** A failure of schemathesis that stays, and why. */
export interface AcceptedFailure {
  /** The name of the check. */
  readonly check: string;
  /** What the answer is, `<status> <body>`. */
  readonly answer: RegExp;
  /** What is asked, `<METHOD> <path with query> <name: value of each header>`; anything where it is left out. */
  readonly request?: RegExp;
  readonly reason: string;
}

/** A 400 that names one of these fields. */
const about = (fields: string) => new RegExp(`^400 .*"param":"(?:${fields})"`);

export const ACCEPTED_FAILURES: readonly AcceptedFailure[] = [
  {
    check: 'positive_data_acceptance',
    answer: /^422 .*"code":"out_of_policy"/,
    reason: 'A tenant’s key policy says what its keys have to be, and the fuzzer sets such policies.',
  },
  {
    check: 'positive_data_acceptance',
    answer: /^400 .*The cursor is not one that this (?:list|verification) gave out/,
    reason: 'A cursor is what an answer gave out; its form is nobody’s to know, so the document has none.',
  },
  {
    check: 'positive_data_acceptance',
    answer: about('role|productId|apiIds(?:\\.\\d+)?'),
    reason: 'It must name something that is there, which no schema can tell.',
  },
  {
    check: 'positive_data_acceptance',
    answer: about(
      'from|to|after|until|expiresAt|reason|oauth|clientKeyRequired|overlap(?:\\.untilQuietSeconds)?|subscriptionId|termsVersion|termsUrl|tenantIds|routes(?:\\.\\d+(?:\\.scopes)?)?',
    ),
    reason:
      'A rule on two fields, on two entries or on the clock, which a schema can’t have; the 400 says it.',
  },
  {
    check: 'positive_data_acceptance',
    answer: about('(?:allowedCidrs|allowedOrigins)\\.\\d+|routes\\.\\d+\\.path|type'),
    reason:
      'A form that is read by a parser: as a pattern nobody could read it. The document has it in words.',
  },
  {
    check: 'positive_data_acceptance',
    answer: /^400 .*"message":"\w+: expected a time from 1970 to 9999/,
    reason: 'JSON Schema’s date-time has all years of four digits, and an offset leads out of any of them.',
  },
  {
    check: 'positive_data_acceptance',
    request: /^GET [^ ]*\/v1\/usage\?/,
    answer: about('productId|apiId|groupBy'),
    reason: 'What goes together with what in a query, which its parameters’ schemas can’t say.',
  },
  {
    check: 'positive_data_acceptance',
    request: /^PUT [^ ]*\/openapi /,
    answer: about('/[^"]*'),
    reason: 'What an OpenAPI document is, OpenAPI says.',
  },
  {
    check: 'positive_data_acceptance',
    answer:
      /^400 .*"message":"(?:tenantId: expected, or a keyId|[\w.]+: expected characters that can be seen)/,
    reason:
      'One of two fields; and what is invisible, which is classes of Unicode that JSON Schema’s patterns need not have.',
  },
  {
    check: 'positive_data_acceptance',
    request: /^PATCH [^ ]*\/v1\/subscriptions\//,
    answer: /^400 .*"message":"expected name or limits"/,
    reason: 'A reason alone changes nothing: a rule on two fields, of which either will do.',
  },
  {
    check: 'positive_data_acceptance',
    request: / If-Match: 0(?:,|$)/,
    answer: about('If-Match'),
    reason:
      'The fuzzer writes 0 where it can’t make a text of the pattern itself, and 0 does not fit the pattern.',
  },
  {
    check: 'unsupported_method',
    answer: /^401 /,
    reason: 'Who is not signed in is not told which routes there are.',
  },
  {
    check: 'unsupported_method',
    request: /^(?:TRACE|QUERY) /,
    answer: /^403 /,
    reason: 'CloudFront takes seven methods and answers 403 to others.',
  },
  {
    check: 'unsupported_method',
    answer: /^404 /,
    reason: 'API Gateway finds a route by method and path together: what none takes is a 404, on AWS too.',
  },
  {
    check: 'negative_data_rejection',
    request: /x-schemathesis-unknown-property/i,
    answer: /^20\d /,
    reason: 'HTTP lets anybody send header fields that nobody knows (RFC 9110, 5.1).',
  },
  {
    check: 'negative_data_rejection',
    answer: /^431 /,
    reason: 'More than HTTP servers, API Gateway among them, take of a header; no route is asked.',
  },
  {
    check: 'missing_required_header',
    answer: /^403 \{"message":"Forbidden"\}$/,
    reason:
      'API Gateway’s own answer to who signed nothing, where routes take AWS signatures; no function is asked.',
  },
  {
    check: 'ensure_resource_availability',
    request: /^GET [^ ]*\/(?:rotation|openapi) /,
    answer: /^404 .*"message":"(?:Nobody’s program rotates this|This API has no OpenAPI document);/,
    reason: 'What was made lacks this part until somebody puts it there; the 404 names the part.',
  },
  {
    check: 'status_code_conformance',
    answer: /^431 /,
    reason: 'More than HTTP servers, API Gateway among them, take of a header; no route is asked.',
  },
];
