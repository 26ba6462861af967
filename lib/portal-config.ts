import {
  ConfigError,
  describe,
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

/** How the portals are reached, what they look like, and who may sign up. */
export interface PortalConfig {
  /** Host name of the developers' door. Default: null, CloudFront's own name. */
  readonly developerDomain: string | null;
  /**
   * Host name of the admins' door, which then is a distribution of its own: the developers' one knows neither
   * `/admin` nor the routes that no developer may call. Default: null, one door for both.
   */
  readonly adminDomain: string | null;
  /** Certificate of these names, in us-east-1, where CloudFront looks. Default: null. */
  readonly certificateArn: string | null;
  /** A web ACL of AWS WAF for CloudFront, in us-east-1. Default: null, none. */
  readonly webAclArn: string | null;
  readonly brand: BrandConfig;
  readonly signUp: SignUpConfig;
  /** Origins of the protected APIs, which the explorer calls from the browser. Default: none. */
  readonly apiOrigins: readonly string[];
}

export interface BrandConfig {
  /** Default: Keywright. */
  readonly name: string;
  /** An image: `https`, or a `data:image/…` URL, with which no other host is asked. Default: null. */
  readonly logoUrl: string | null;
  /** Where people find help: `https` or `mailto`. Default: null. */
  readonly supportUrl: string | null;
}

/**
 * Who may sign up: nobody uninvited (`off`, the default); people with a verified e-mail address of one of
 * `domains`, who join that domain's tenant as developers; anyone verified, after an admin's approval (`request`);
 * or anyone verified, with a tenant of one's own for the sandbox (`open`), `perDay` of them on a day at most.
 * `domains` is empty in all modes but its own.
 */
export interface SignUpConfig {
  readonly mode: 'off' | 'domains' | 'request' | 'open';
  /** Tenant ids by the domains of e-mail addresses, in lower case. */
  readonly domains: Readonly<Record<string, string>>;
  /** Of the mode `open` alone. Default: 100. */
  readonly perDay?: number;
}

export const HOST_NAME = /^(?=.{4,64}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;
const USUAL_PER_DAY = 100;
/** What one item can hold of them. */
const MOST_PER_DAY = 2000;
const TENANT_ID = /^tenant_[a-z0-9_]{3,40}$/;

const hostName = matching(HOST_NAME, 'a host name such as portal.example.com');

/** CloudFront takes what lies in this Region alone («Requirements for using SSL/TLS certificates with CloudFront»). */
const inCloudFrontsRegion = (service: string, resource: string, expected: string) =>
  matching(new RegExp(`^arn:aws[\\w-]*:${service}:us-east-1:\\d{12}:${resource}/\\S+$`), expected);

const logoUrl: Field<string> = (value, path) => {
  const isImage = typeof value === 'string' && /^data:image\/(png|svg\+xml|webp|jpeg);base64,/.test(value);
  return isImage ? value : httpsUrl(value, path);
};

const supportUrl: Field<string> = (value, path) =>
  typeof value === 'string' && /^mailto:[^\s@]+@[^\s@]+$/.test(value) ? value : httpsUrl(value, path);

const domains: Field<Readonly<Record<string, string>>> = (value, path) => {
  const given = Object.entries(value === null || typeof value !== 'object' ? {} : value);
  if (given.length === 0) {
    throw new ConfigError(
      `${path} is ${describe(value)}; expected tenant ids by domain, such as {"example.com":"tenant_acme"}.`,
    );
  }
  const tenantId = matching(TENANT_ID, 'the id of a tenant');
  return Object.fromEntries(
    given.map(([domain, id]) => [hostName(domain, `a domain of ${path}`), tenantId(id, `${path}.${domain}`)]),
  );
};

const signUp: Field<SignUpConfig> = (value, path) => {
  const given = value !== null && typeof value === 'object' ? value : { mode: value };
  const { mode, domains: named } = given as { mode?: unknown; domains?: unknown };
  // With no domains it is one of the other modes: so a configuration that was read can be read again.
  const hasDomains = Object.keys(Object(named)).length > 0;
  if (mode === 'open' && !hasDomains) {
    const perDay = optional(integer(1, MOST_PER_DAY), USUAL_PER_DAY);
    return object<Required<SignUpConfig>>({ mode: oneOf(['open']), domains: () => ({}), perDay })(
      given,
      path,
    );
  }
  if (!hasDomains && mode !== 'domains') {
    const modes = oneOf(['off', 'request', 'open']);
    return { mode: modes(mode, given === value ? `${path}.mode` : path), domains: {} };
  }
  return object<Omit<SignUpConfig, 'perDay'>>({ mode: oneOf(['domains']), domains })(given, path);
};

const FIELDS: Fields<PortalConfig> = {
  developerDomain: optional(hostName, null),
  adminDomain: optional(hostName, null),
  certificateArn: optional(
    inCloudFrontsRegion('acm', 'certificate', 'the ARN of a certificate in us-east-1'),
    null,
  ),
  webAclArn: optional(
    inCloudFrontsRegion('wafv2', 'global/webacl', 'the ARN of a web ACL for CloudFront, in us-east-1'),
    null,
  ),
  brand: (value, path) =>
    object<BrandConfig>({
      name: optional(matching(/^[^\p{C}]{1,60}$/u, 'a name of 1 to 60 characters'), 'Keywright'),
      logoUrl: optional(logoUrl, null),
      supportUrl: optional(supportUrl, null),
    })(value ?? {}, path),
  signUp: optional(signUp, { mode: 'off', domains: {} }),
  apiOrigins: optional(listOf(origin), []),
};

/** Reads `keywright.portal`. */
export const portal: Field<PortalConfig> = (value, path) => {
  const config = object(FIELDS)(value ?? {}, path);
  const { developerDomain, adminDomain, certificateArn } = config;
  if (adminDomain !== null && (developerDomain === null || developerDomain === adminDomain)) {
    throw new ConfigError(
      `${path}.developerDomain is ${describe(developerDomain ?? undefined)}; expected another host name than that of the admins' door.`,
    );
  }
  if (developerDomain !== null && certificateArn === null) {
    throw new ConfigError(
      `${path}.certificateArn is not set; expected the certificate of ${developerDomain}, in us-east-1.`,
    );
  }
  return config;
};
