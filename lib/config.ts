import { REVOCATION_SECONDS } from '../core/contract/deployment.ts';
import { CALLBACK_PATH } from '../core/contract/session.ts';
import {
  boolean,
  ConfigError,
  describe,
  emailAddress,
  type Field,
  type Fields,
  httpsUrl,
  integer,
  listOf,
  matching,
  object,
  oneOf,
  optional,
  origin,
} from './config-field.ts';
import type {
  AuditArchiveConfig,
  DefaultRateLimitsConfig,
  DomainConfig,
  IdentityConfig,
  LimitsConfig,
  MailConfig,
  MovedConfig,
  OidcIdentityConfig,
  PortalClientConfig,
  RateLimitConfig,
  RegionConfig,
  RegionsConfig,
  ReservedConcurrencyConfig,
  UsageFilesConfig,
  UsagePlansConfig,
} from './config-parts.ts';
import { checkRegions, moved, refuseReplicas, regionName, regions } from './config-regions.ts';
import { HOST_NAME, type PortalConfig, portal } from './portal-config.ts';

/** The `keywright` block of cdk.json, checked and with every default filled in. */
export interface KeywrightConfig {
  /** Prefix of every key, without its underscore: `acme` gives `acme_sk_live_…`. Default: none. */
  readonly vendor: string;
  /** Deploy the demonstration APIs (`orders`, `catalog`) too. Default: false. */
  readonly demo: boolean;
  /** Default: a Cognito user pool. */
  readonly identity: IdentityConfig;
  /** A host name for the management API, whose own `execute-api` addresses are then turned off. Default: null. */
  readonly domain: DomainConfig | null;
  /**
   * A web ACL of AWS WAF before what strangers may call (`/v1/leaks`): Keywright's own, none, or the ARN of a
   * regional one of the operator's. Default: true, 9 $ a month and 0.60 $ per million requests.
   */
  readonly webAcl: boolean | string;
  /** Browser origins, other than the portals', that may call the management API. Default: none. */
  readonly allowedOrigins: readonly string[];
  /**
   * How long ago a person may have signed in by a portal who is shown keys, rotates or revokes them, or approves,
   * 60 to 43,200 seconds. Default: 900.
   */
  readonly recentSignInSeconds: number;
  /** The two portals, one address with the management API. */
  readonly portal: PortalConfig;
  /** Who is mailed when an alarm changes state; each address must confirm once. Default: none. */
  readonly alarmEmails: readonly string[];
  /** Who is mailed of invitations, decisions and keys, and from whom. Default: null, nobody is. */
  readonly mail: MailConfig | null;
  /** How long an authorizer instance may use a record that it read, 0 to 4. Default: 3. */
  readonly cacheSeconds: number;
  /**
   * How old a record may be that an authorizer uses because DynamoDB can't be read, 0 (never) to 3,600.
   * Default: 60, and 0 with strong consistency. While DynamoDB answers it changes nothing;
   * docs/operate/static-stability.md has what it costs.
   */
  readonly staleSeconds: number;
  /** How many records an authorizer instance keeps at most, 100 to 1,000,000. Default: 10,000. */
  readonly cacheEntries: number;
  /**
   * Limits of API keys and plans that have none of their own, by environment; counted where the guard or
   * `POST /v1/verify` is asked. Default: 6,000 a minute in the sandbox, none for live.
   */
  readonly defaultRateLimits: DefaultRateLimitsConfig;
  /**
   * Whether `POST /v1/verify` and `POST /v1/leaks` look for keys that were issued elsewhere and imported;
   * authorizers and guards are each told by themselves. Default: false.
   */
  readonly acceptImportedKeys: boolean;
  /** Retention of every log group; one of the numbers that CloudWatch Logs accepts. Default: 90. */
  readonly logRetentionDays: number;
  /** How long the bus's archive keeps audit events for replay; 0 keeps them for ever. Default: 365. */
  readonly auditArchiveDays: number;
  /** Keep every audit event in an S3 bucket with Object Lock too. Default: null, no such bucket. */
  readonly auditArchive: AuditArchiveConfig | null;
  /** How long the audit table keeps records, in days; 0 keeps them for ever. Default: 0. */
  readonly auditRetentionDays: number;
  /** How long counts of requests are kept by hour, in days, 1 to 400. Default: 35. */
  readonly usageHourDays: number;
  /** How long counts of requests are kept by day, in days, 1 to 3,660. Default: 400. */
  readonly usageDayDays: number;
  /** Count requests from files that Firehose writes, which is cheaper and later. Default: null, from each delivery of log lines. */
  readonly usageFiles: UsageFilesConfig | null;
  /** How often Secrets Manager adds a version to the pepper, 1 to 1,000. Default: 365. */
  readonly pepperRotationDays: number;
  /**
   * Whether the authorizers of the demonstration are deployed gradually, as `KeywrightAuthorizer`'s property of that
   * name asks for others. Default: false.
   */
  readonly gradualDeployments: boolean;
  /**
   * Executions that Lambda keeps for a function and gives to no other, and never more of it at once: they are
   * taken off the account's, of which 100 must be left. Default: null for each, none kept.
   */
  readonly reservedConcurrency: ReservedConcurrencyConfig;
  /** Whether the demonstration sets the role that API Gateway logs by, one for all REST APIs of a Region. Default: true. */
  readonly demoLogRole: boolean;
  /** API Gateway usage plans of new credentials. Default: none, and then no API Gateway key is ever made. */
  readonly usagePlans: UsagePlansConfig;
  /** Region of the stacks; null takes the one of the credentials that deploy. Default: the first of `regions`, or null. */
  readonly region: string | null;
  /** The main Region, and those that have a request plane beside it. Default: null, the one of the stacks alone. */
  readonly regions: RegionsConfig | null;
  /**
   * What the main Region has of the one before it, where the control plane was moved to it: docs/operate/move.md.
   * Default: null, it is where it was deployed first.
   */
  readonly moved: MovedConfig | null;
  /**
   * What other Regions' copies of the main table are worth: `eventual`, they follow in about a second; `strong`, what is
   * acknowledged in one Region is what each other one reads. Strong takes three Regions, or two and a witness, and only a
   * new deployment can have it. Default: eventual.
   */
  readonly consistency: 'eventual' | 'strong';
  /** With strong consistency and two Regions, a third, which keeps what is written and decides on nothing. Default: null. */
  readonly witness: string | null;
  /**
   * Id of a multi-Region KMS key of the operator's, which is in each Region: what keys that people can be shown, and
   * sessions, are sealed with, so that they open in whatever Region has the control plane. Default: null, the data key.
   */
  readonly sealingKey: string | null;
  /** Where limits are counted. Default: for all Regions together, in the main one. */
  readonly limits: LimitsConfig;
  /** Refuse to delete data: tables, pepper and key survive `cdk destroy`. Default: true. */
  readonly deletionProtection: boolean;
}

/** Retentions that CloudWatch Logs accepts, in days (PutRetentionPolicy). */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const DEFAULT_CALLBACK_URL = `http://localhost:4100${CALLBACK_PATH}`;

const callbackUrl: Field<string> = (value, path) => {
  const url = httpsUrl(value, path);
  if (new URL(url).origin + CALLBACK_PATH === url) return url;
  throw new ConfigError(
    `${path} is ${describe(value)}; expected the portal's origin and ${CALLBACK_PATH}, such as https://keys.example.com${CALLBACK_PATH}.`,
  );
};

const portalClient = object<PortalClientConfig>({
  clientId: matching(/^\S+$/, 'the id of a client'),
  callbackUrls: optional(listOf(callbackUrl), [DEFAULT_CALLBACK_URL]),
  scopes: optional(listOf(matching(/^[!#-[\]-~]+$/, 'a scope')), ['openid', 'email', 'offline_access']),
  stepUpAcrValues: optional(matching(/^[!-~]*( [!-~]+)*$/, 'acr_values, separated by spaces'), ''),
});

const identity = (value: unknown, path: string): IdentityConfig => {
  const kind = (value as { kind?: unknown } | null)?.kind ?? 'cognito';
  if (kind === 'oidc') {
    return object({
      kind: oneOf(['oidc']),
      issuer: httpsUrl,
      audience: matching(/^\S+$/, 'the audience of the access tokens'),
      commandClientId: optional(matching(/^\S+$/, 'the id of a client'), null),
      portalClient: optional(portalClient, null),
    } satisfies Fields<OidcIdentityConfig>)(value, path);
  }
  return object({
    kind: optional(oneOf(['cognito', 'oidc']), 'cognito'),
    callbackUrls: optional(listOf(callbackUrl), [DEFAULT_CALLBACK_URL]),
  })(value, path) as IdentityConfig;
};

const rateLimits = listOf(
  object<RateLimitConfig>({ limit: integer(1, 1_000_000_000), windowSeconds: integer(1, 31 * 86_400) }),
);

const CERTIFICATE_ARN = /^arn:aws[\w-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/;
const webAclArn = matching(
  /^arn:aws[\w-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/\S+$/,
  'true, false, or the ARN of a regional web ACL',
);

const reserved = optional(integer(1, 10_000), null);

const usagePlanIds = optional(listOf(matching(/^[0-9A-Za-z]{1,64}$/, 'the id of a usage plan')), []);

const mail = object<MailConfig>({
  from: matching(
    /^(?:[A-Za-z0-9][A-Za-z0-9 .'-]{0,59} <[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+)$/,
    'an e-mail address, or a name and an address such as Acme <keys@example.com>',
  ),
  identityArn: optional(
    matching(/^arn:aws[\w-]*:ses:[a-z0-9-]+:\d{12}:identity\/\S+$/, 'the ARN of an identity of SES'),
    null,
  ),
  portalUrl: optional(httpsUrl, null),
});

const staleSeconds = integer(0, 3600);

const FIELDS: Fields<KeywrightConfig> = {
  vendor: optional(matching(/^([a-z0-9]{2,20})?$/, 'empty, or 2 to 20 of a-z and 0-9'), ''),
  demo: optional(boolean, false),
  identity: (value, path) => identity(value ?? {}, path),
  domain: optional(
    object<DomainConfig>({
      name: matching(HOST_NAME, 'a host name such as keys.example.com'),
      certificateArn: matching(CERTIFICATE_ARN, 'the ARN of a certificate'),
    }),
    null,
  ),
  webAcl: (value, path) => (typeof value === 'string' ? webAclArn : optional(boolean, true))(value, path),
  allowedOrigins: optional(listOf(origin), []),
  recentSignInSeconds: optional(integer(60, 43_200), 900),
  portal,
  alarmEmails: optional(listOf(emailAddress), []),
  mail: optional(mail, null),
  cacheSeconds: optional(integer(0, REVOCATION_SECONDS - 1), 3),
  staleSeconds: optional(staleSeconds, 60),
  cacheEntries: optional(integer(100, 1_000_000), 10_000),
  defaultRateLimits: (value, path) =>
    object<DefaultRateLimitsConfig>({
      sandbox: optional(rateLimits, [{ limit: 6000, windowSeconds: 60 }]),
      live: optional(rateLimits, []),
    })(value ?? {}, path),
  acceptImportedKeys: optional(boolean, false),
  logRetentionDays: optional(oneOf(LOG_RETENTION_DAYS), 90),
  auditArchiveDays: optional(integer(0, 36_500), 365),
  auditArchive: optional(
    object<AuditArchiveConfig>({
      mode: oneOf(['governance', 'compliance']),
      retentionDays: integer(1, 36_500),
    }),
    null,
  ),
  auditRetentionDays: optional(integer(0, 36_500), 0),
  usageHourDays: optional(integer(1, 400), 35),
  usageDayDays: optional(integer(1, 3660), 400),
  usageFiles: optional(
    object<UsageFilesConfig>({
      freshnessMinutes: optional(integer(1, 15), 5),
      keepDays: optional(integer(1, 36_500), 400),
    }),
    null,
  ),
  pepperRotationDays: optional(integer(1, 1000), 365),
  gradualDeployments: optional(boolean, false),
  reservedConcurrency: (value, path) =>
    object<ReservedConcurrencyConfig>({
      publisher: reserved,
      usage: reserved,
      verify: reserved,
      brake: reserved,
    })(value ?? {}, path),
  demoLogRole: optional(boolean, true),
  usagePlans: optional(object<UsagePlansConfig>({ sandbox: usagePlanIds, live: usagePlanIds }), {
    sandbox: [],
    live: [],
  }),
  region: optional(regionName, null),
  regions: optional(regions, null),
  moved: optional(moved, null),
  consistency: optional(oneOf(['eventual', 'strong']), 'eventual'),
  witness: optional(regionName, null),
  sealingKey: optional(matching(/^mrk-[0-9a-f]{32}$/, 'the id of a multi-Region key'), null),
  limits: (value, path) =>
    object<LimitsConfig>({ across: optional(oneOf(['regions', 'region']), 'regions') })(value ?? {}, path),
  deletionProtection: optional(boolean, true),
};

/**
 * Checks a configuration and fills in its defaults.
 * Throws ConfigError: one sentence naming the field, what it is and what was expected.
 */
export function parseConfig(settings: unknown): KeywrightConfig {
  refuseReplicas(settings);
  const isStrong = Object(settings).consistency === 'strong';
  const fields = isStrong ? { ...FIELDS, staleSeconds: optional(staleSeconds, 0) } : FIELDS;
  const read = object(fields)(settings ?? {}, 'keywright');
  checkRegions(read);
  const config = { ...read, region: read.regions?.[0] ?? read.region };
  checkDomain(config);
  checkMail(config);
  return config;
}

/**
 * The configuration in a CDK app's context: the `keywright` block, and over it single fields given as
 * `-c keywright.<field>=<value>` (`-c keywright.identity.kind=oidc`), whose values are JSON or plain text.
 */
export function configFromContext(context: Readonly<Record<string, unknown>>): KeywrightConfig {
  let settings: unknown = context.keywright ?? {};
  for (const [name, value] of Object.entries(context)) {
    const [head, ...path] = name.split('.');
    if (head === 'keywright' && path.length > 0) settings = withField(settings, path, jsonOrText(value));
  }
  return parseConfig(settings);
}

/** Where the portals are: people sign in there, and pages from there may change things by cookie. */
export function portalOrigins({
  identity,
  portal: { developerDomain, adminDomain },
}: Pick<KeywrightConfig, 'identity' | 'portal'>): readonly string[] {
  const domains = [developerDomain, adminDomain].filter((domain) => domain !== null);
  if (domains.length > 0) return domains.map((domain) => `https://${domain}`);
  const { callbackUrls } =
    identity.kind === 'oidc' ? (identity.portalClient ?? { callbackUrls: [] }) : identity;
  return [...new Set(callbackUrls.map((url) => new URL(url).origin))];
}

/** As constructs of other apps are told it: nothing for null, which other languages don't tell from it. */
export function told<T extends Pick<KeywrightConfig, 'domain' | 'regions' | 'witness'>>(config: T) {
  const { domain, regions, witness } = config;
  return {
    ...config,
    domain: domain ?? undefined,
    regions: regions ?? undefined,
    witness: witness ?? undefined,
  };
}

/** The Regions beside the main one. */
export function otherRegions({ regions }: Pick<KeywrightConfig, 'regions'>): readonly RegionConfig[] {
  const [, ...others] = regions ?? [''];
  return others;
}

/** Whether new credentials get API Gateway keys. */
export function hasUsagePlans({ usagePlans }: Pick<KeywrightConfig, 'usagePlans'>): boolean {
  return usagePlans.sandbox.length + usagePlans.live.length > 0;
}

/**
 * A revocation must hold within REVOCATION_SECONDS everywhere, so the lifetimes of both caches may add
 * up to one second less: that second is for the read that fills them.
 */
export function checkCacheLifetimes(cacheSeconds: number, gatewayCacheSeconds: number): void {
  const limit = REVOCATION_SECONDS - 1;
  if (!Number.isInteger(gatewayCacheSeconds) || gatewayCacheSeconds < 0) {
    throw new ConfigError(
      `gatewayCacheSeconds is ${describe(gatewayCacheSeconds)}; expected a whole number from 0.`,
    );
  }
  if (cacheSeconds + gatewayCacheSeconds > limit) {
    throw new ConfigError(
      `cacheSeconds + gatewayCacheSeconds is ${cacheSeconds} + ${gatewayCacheSeconds}; expected at most ${limit}, ` +
        `because a revocation holds everywhere within ${REVOCATION_SECONDS} seconds.`,
    );
  }
}

function checkDomain({ domain, region }: KeywrightConfig): void {
  if (domain === null || region === null || domain.certificateArn.split(':')[3] === region) return;
  throw new ConfigError(
    `keywright.domain.certificateArn is ${describe(domain.certificateArn)}; expected a certificate in ${region}, ` +
      'where the API is.',
  );
}

function checkMail({ mail, portal: { developerDomain } }: KeywrightConfig): void {
  if (mail === null || mail.portalUrl !== null || developerDomain !== null) return;
  throw new ConfigError(
    'keywright.mail.portalUrl is not set; expected the address of the portal, or portal.developerDomain, for links in mails.',
  );
}

function withField(settings: unknown, path: readonly string[], value: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const block =
    settings !== null && typeof settings === 'object' ? (settings as Record<string, unknown>) : {};
  return { ...block, [head]: withField(block[head], rest, value) };
}

function jsonOrText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
