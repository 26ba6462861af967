/** A finding that stays, and why. */
export interface AcceptedFinding {
  /** The linter's own name of the rule. */
  readonly rule: string;
  /** What the logical ids of the resources look like; all of them where it is left out. */
  readonly resources?: RegExp;
  readonly reason: string;
}

/** Of cfn-lint and checkov. One that no template has any more is taken off: a test says so. */
export const ACCEPTED_FINDINGS: readonly AcceptedFinding[] = [
  {
    rule: 'W3005',
    reason: 'The CDK writes an order of resources beside references that ask for the same order.',
  },
  {
    rule: 'CKV_AWS_115',
    reason:
      'Concurrency that is kept is taken off the account’s 1,000 (10 in new ones): `reservedConcurrency` is the operator’s choice.',
  },
  {
    rule: 'CKV_AWS_116',
    reason:
      'Functions behind an API answer their callers; those behind a stream or a log have a queue by their mapping or invoke configuration, which this check does not read.',
  },
  {
    rule: 'CKV_AWS_117',
    reason:
      'Nothing here lies in a VPC: AWS’s own endpoints, over TLS, by IAM. In one, every decision would hang on its NAT or endpoints.',
  },
  {
    rule: 'CKV_AWS_158',
    reason:
      'Logs hold nothing secret, and are encrypted by CloudWatch’s own key: the loss of another would silence them.',
  },
  {
    rule: 'CKV_AWS_173',
    reason: 'Variables hold names and addresses, no secrets; they are encrypted by Lambda’s own key.',
  },
  {
    rule: 'CKV_AWS_27',
    reason:
      'Queues are encrypted by SQS’s own key: CloudWatch Logs and Lambda write to them, and hold no grant on ours.',
  },
  {
    rule: 'CKV_AWS_66',
    resources: /^AuditAnchorsLog/,
    reason: 'Anchors of the audit log are kept for ever: they are what a rewritten history is told by.',
  },
  {
    rule: 'CKV_AWS_59',
    resources: /^ManagementPublicApi/,
    reason: 'Whoever finds a key may end it: there is nobody to sign in. A web ACL stands before it.',
  },
  {
    rule: 'CKV_AWS_73',
    reason: 'Traces are billed by request: of strangers’ here, and of every decision in the demonstration.',
  },
  {
    rule: 'CKV_AWS_18',
    resources: /^AuditArchiveBucket/,
    reason:
      'Its log would need a bucket of its own; who read what is in CloudTrail’s data events, where an operator wants it.',
  },
  {
    rule: 'CKV_AWS_18',
    resources: /^FilesBucket/,
    reason: 'It holds what everybody may read, and CloudFront alone reads it.',
  },
  {
    rule: 'CKV_AWS_18',
    resources: /^UsageFilesBucket/,
    reason: 'It is a log itself; who read what is in CloudTrail’s data events, where an operator wants it.',
  },
  {
    rule: 'CKV_AWS_21',
    resources: /^UsageFilesBucket/,
    reason:
      'Firehose alone may write there, each file once and under a name of its own: there are no versions.',
  },
  {
    rule: 'CKV_AWS_68',
    reason: 'Web ACLs for CloudFront live in us-east-1 alone: the operator’s choice, by portal.webAclArn.',
  },
  {
    rule: 'CKV_AWS_86',
    reason: 'What can be called is logged by the API behind it; the rest are files that everybody may read.',
  },
  {
    rule: 'CKV_AWS_174',
    reason:
      'CloudFront’s own name comes with CloudFront’s own TLS settings; a host name of one’s own has TLS 1.2.',
  },
  {
    rule: 'CKV_AWS_76',
    resources: /^ManagementPublicApi/,
    reason:
      'A REST API’s access log needs the one log role of the whole account; the function’s log has every request.',
  },
  {
    rule: 'CKV_AWS_120',
    reason:
      'An answer is one caller’s: a decision or a report that is served from a cache is somebody else’s.',
  },
];
