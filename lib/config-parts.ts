/** Who signs people in to the management API. */
export type IdentityConfig =
  | {
      /** A Cognito user pool that the control stack creates; a second factor (TOTP) is required of everyone. */
      readonly kind: 'cognito';
      /** Where the issuer sends people back to: `/auth/callback` of each portal; `https`, or `http` for localhost. */
      readonly callbackUrls: readonly string[];
    }
  | OidcIdentityConfig;

/** An OpenID Connect provider of the operator's. Its tokens carry the claims that docs/operate/configure.md lists. */
export interface OidcIdentityConfig {
  readonly kind: 'oidc';
  /** `iss` of its tokens; `https`, or `http` for localhost. Its discovery document lies below it. */
  readonly issuer: string;
  /** `aud` (or `client_id`) of its access tokens. */
  readonly audience: string;
  /** A public client there, for the command `keywright`. Default: null, and `keywright login` is told one. */
  readonly commandClientId: string | null;
  /** Who the portals are at it. Default: null, and people come with access tokens alone. */
  readonly portalClient: PortalClientConfig | null;
}

/** A confidential client for the portals; its secret goes into `keywright/portal-client-secret`. */
export interface PortalClientConfig {
  readonly clientId: string;
  /** As with Cognito. */
  readonly callbackUrls: readonly string[];
  /** What is asked for. Default: `openid`, `email` and `offline_access`. */
  readonly scopes: readonly string[];
  /** `acr_values` where a person is to confirm who that is, separated by spaces. Default: none. */
  readonly stepUpAcrValues: string;
}

/** The Regions that requests are decided in; the main one has the control plane too. */
export type RegionsConfig = [main: string, ...others: RegionConfig[]];

/** A Region beside the main one. */
export interface OtherRegionConfig {
  readonly region: string;
  /** ARN of a customer-managed KMS key in that Region. */
  readonly keyArn: string;
}

/** What it has: its request plane, and copies of the main table, the audit table and the pepper. */
export interface RegionConfig extends OtherRegionConfig {
  /**
   * Put the audit table's policy on its copy. CloudFormation can't in the update that makes the copy, so it is
   * for the next one. Default: false.
   */
  readonly sealed: boolean;
}

/** What a Region that takes the control plane over has of the one before, in it. No stack of it makes or changes these. */
export interface MovedConfig {
  /** ARN of the KMS key of its copies of tables and pepper. */
  readonly keyArn: string;
  /** ARN of the stream of its copy of the main table. */
  readonly streamArn: string;
  /** ARN of its copy of the pepper, which is a secret of its own since. */
  readonly pepperArn: string;
}

/** At most `limit` requests in each window of `windowSeconds`. */
export interface RateLimitConfig {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Limits of API keys and plans that have none of their own, by environment. */
export interface DefaultRateLimitsConfig {
  readonly sandbox: RateLimitConfig[];
  readonly live: RateLimitConfig[];
}

/**
 * What Keywright was deployed with, as far as it matters to whoever decides on requests; each field as in
 * `KeywrightConfig`, with the same default.
 */
export interface DecisionConfig {
  readonly vendor?: string;
  readonly cacheSeconds?: number;
  readonly staleSeconds?: number;
  readonly cacheEntries?: number;
  readonly defaultRateLimits?: DefaultRateLimitsConfig;
  /** As in cdk.json: the main Region's name, then the others. */
  readonly regions?: (string | OtherRegionConfig)[] | undefined;
  readonly limits?: LimitsConfig;
  /** `eventual` or `strong`. */
  readonly consistency?: string;
  readonly witness?: string | undefined;
}

/** Where limits are counted. */
export interface LimitsConfig {
  /** `regions`: a limit is that of all Regions together, counted in the main one. `region`: each has its own. */
  readonly across: string;
}

/**
 * Ids of API Gateway usage plans that each new credential of an environment is put into, by an API Gateway
 * key of its own. No two of one list may have a stage in common.
 */
export interface UsagePlansConfig {
  readonly sandbox: readonly string[];
  readonly live: readonly string[];
}

/** A copy of every audit event in S3 that nobody can delete for a time. */
export interface AuditArchiveConfig {
  /** Who may delete earlier: with `governance` those with a permission of their own, with `compliance` nobody. */
  readonly mode: 'governance' | 'compliance';
  /** How long each object is locked, 1 to 36,500. */
  readonly retentionDays: number;
}

/** Log lines in files of S3, which requests are counted from and which can be asked by Athena. */
export interface UsageFilesConfig {
  /** How old lines become before a file of them is written, and so how late counts and last uses are, 1 to 15. Default: 5. */
  readonly freshnessMinutes: number;
  /** How long files are kept, in days, 1 to 36,500. Default: 400. */
  readonly keepDays: number;
}

/** A host name of the operator's. */
export interface DomainConfig {
  readonly name: string;
  /** ARN of its certificate in AWS Certificate Manager, in the Region of the stacks. */
  readonly certificateArn: string;
}

/** Executions kept for one function each; null for none. */
export interface ReservedConcurrencyConfig {
  readonly publisher: number | null;
  readonly usage: number | null;
  readonly verify: number | null;
  readonly brake: number | null;
}

/** Mails to people, which SES sends in the Region of the stacks. */
export interface MailConfig {
  /** Whom they are from: `keys@example.com`, or `Acme <keys@example.com>`, and then Acme is what they are signed with. */
  readonly from: string;
  /** ARN of the identity that SES knows as verified; null for the domain of `from`, in the account of the stacks. */
  readonly identityArn: string | null;
  /** Address of the portal, which links in mails lead to; null for `portal.developerDomain`. */
  readonly portalUrl: string | null;
}
