import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CALLBACK_PATH } from '../core/contract/session.ts';
import { StartError } from '../emulator/start-error.ts';
import { configFromContext, type KeywrightConfig } from '../lib/config.ts';
import { ConfigError } from '../lib/config-field.ts';
import type { MovedConfig, PortalClientConfig, RegionsConfig } from '../lib/config-parts.ts';
import { PORTAL_CLIENT_ID } from './identity/portal-client.ts';

/** The folder of the project: cdk.json lies in it, and all that the app is made from. */
export const PROJECT_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** What of the configuration is this machine's own. */
export interface Here {
  /** Of the access tokens. */
  readonly issuer: string;
  readonly audience: string;
  /** Where the protected APIs are, for pages that call them. */
  readonly apiOrigin?: string;
  /** Where people sign in and mails lead to; without it nobody does, and none are sent. */
  readonly portalUrl?: string;
  /** The main Region and those beside it. Default: null, one Region. */
  readonly regions?: RegionsConfig | null;
  /** What the main Region has of the one before. Default: null, it has been the main one always. */
  readonly moved?: MovedConfig | null;
  /** When a change is acknowledged: as the main Region has it, or once every other one has. Default: the former. */
  readonly consistency?: KeywrightConfig['consistency'];
  /** What texts are sealed with. Default: `LOCAL_SEALING_KEY`. */
  readonly sealingKey?: string;
}

const LOOPBACK_ORIGIN = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** The domain that mails on this machine are from, and that its SES knows as verified. */
export const LOCAL_MAIL_DOMAIN = 'keywright.test';

/** Of the set of the Regions that are started first; with strong consistency every change waits for both of these. */
const WITNESS = 'eu-west-3';

/** The multi-Region key that texts are sealed with, which is in each Region of this machine. */
export const LOCAL_SEALING_KEY = 'mrk-00000000000040008000000000000001';

/**
 * What `cdk deploy` would be told by cdk.json, but for what can't be had on one machine: this machine's
 * identity signs people in, the demonstration is there, browsers of other machines' origins may not call,
 * mails stay on this machine, and there are no other Regions but those it is started with, no host names, archive of
 * audit events or usage plans of an account, and one version of each function.
 * @throws StartError for a cdk.json that can't be read, or with the sentence that stops `cdk synth`
 */
export function localConfig(
  {
    apiOrigin,
    portalUrl,
    regions = null,
    moved = null,
    consistency = 'eventual',
    sealingKey = LOCAL_SEALING_KEY,
    ...identity
  }: Here,
  folder = PROJECT_FOLDER,
): KeywrightConfig {
  const config = deployedConfig(join(folder, 'cdk.json'));
  return {
    ...config,
    demo: true,
    identity: {
      kind: 'oidc',
      commandClientId: 'keywright-cli',
      ...identity,
      portalClient: portalClientAt(portalUrl),
    },
    domain: null,
    portal: {
      ...config.portal,
      ...{ developerDomain: null, adminDomain: null, certificateArn: null, webAclArn: null },
      // Pages ask the issuer for tokens to call with.
      apiOrigins: [
        ...config.portal.apiOrigins,
        ...(apiOrigin === undefined ? [] : [apiOrigin, new URL(identity.issuer).origin]),
      ],
    },
    allowedOrigins: config.allowedOrigins.filter((origin) => LOOPBACK_ORIGIN.test(origin)),
    alarmEmails: [],
    mail:
      portalUrl === undefined
        ? null
        : { from: `Keywright <keywright@${LOCAL_MAIL_DOMAIN}>`, identityArn: null, portalUrl },
    auditArchive: null,
    gradualDeployments: false,
    usagePlans: { sandbox: [], live: [] },
    region: regions?.[0] ?? null,
    sealingKey,
    regions,
    moved,
    consistency,
    ...(consistency === 'strong' ? { witness: WITNESS, staleSeconds: 0 } : { witness: null }),
  };
}

function portalClientAt(portalUrl: string | undefined): PortalClientConfig | null {
  if (portalUrl === undefined) return null;
  const callbackUrls = [portalUrl + CALLBACK_PATH];
  return { clientId: PORTAL_CLIENT_ID, callbackUrls, scopes: ['openid'], stepUpAcrValues: '' };
}

function deployedConfig(path: string): KeywrightConfig {
  try {
    const { context } = JSON.parse(readFileSync(path, 'utf8')) as { context?: Record<string, unknown> };
    return configFromContext(context ?? {});
  } catch (error) {
    if (error instanceof ConfigError) throw new StartError(`${path}: ${error.message}`);
    throw new StartError(`${path} can't be read (${(error as Error).message}).`);
  }
}
