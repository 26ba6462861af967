/** A failure of schemathesis that stays, and why. */
export interface AcceptedFailure {
  /** The name of the check. */
  readonly check: string;
  /** What the answer is, `<status> <body>`. */
  readonly answer: RegExp;
  /** What is asked, `<METHOD> <path with query> <header names>`; anything where it is left out. */
  readonly request?: RegExp;
  readonly reason: string;
}

const BEYOND_SCHEMAS =
  'A rule on what is stored or on two fields at once, which a schema can’t have; the 400 says it.';

export const ACCEPTED_FAILURES: readonly AcceptedFailure[] = [
  {
    check: 'positive_data_acceptance',
    answer: /^400 .*The cursor is not one that this (?:list|verification) gave out/,
    reason: 'A cursor is what an answer gave out; its form is nobody’s to know, so the document has none.',
  },
  {
    check: 'positive_data_acceptance',
    answer:
      /^400 .*(?:names no product|names an API that does not exist|has no such role|role does not exist)/,
    reason: BEYOND_SCHEMAS,
  },
  {
    check: 'positive_data_acceptance',
    answer: /^400 .*(?:must lie in the future|lie at most \d+ days apart|from must|to must|before|after)/,
    reason: BEYOND_SCHEMAS,
  },
  {
    check: 'positive_data_acceptance',
    answer: /^400 .*(?:of the subscription scheme alone|either the key or its sha256|twice|larger than)/,
    reason: BEYOND_SCHEMAS,
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
    check: 'status_code_conformance',
    answer: /^431 /,
    reason: 'More than HTTP servers, API Gateway among them, take of a header; no route is asked.',
  },
];
