import { Duration, Names, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AccessLevel,
  CfnOriginAccessControl,
  CfnResponseHeadersPolicy,
  OriginProtocolPolicy,
  OriginSslPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { FORWARDED } from '../core/contract/forwarded.ts';
import type { KeywrightConfig } from './config.ts';
import { signInOrigin } from './constructs/identity.ts';
import type { ManagementApi } from './constructs/management-api.ts';
import { originSecret } from './constructs/origin-secret.ts';
import { PortalDoor, pagesCache } from './constructs/portal-door.ts';
import { type PortalBuild, PortalFiles } from './constructs/portal-files.ts';
import { portalHeaders } from './constructs/portal-headers.ts';

/** Of an origin access control. */
const LONGEST_NAME = 64;

export interface PortalStackProps extends StackProps {
  readonly config: KeywrightConfig;
  readonly management: ManagementApi;
  readonly build: PortalBuild;
  /** Of the key that secrets are encrypted with. */
  readonly keyArn: string;
}

/** The portals, and one address for them, sign-in and management API: CloudFront before a private bucket and the API. */
export class PortalStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { config, management, build, keyArn, ...props }: PortalStackProps,
  ) {
    super(scope, id, { ...props, description: 'Keywright: portals, and one address for all' });
    const { portal, logRetentionDays, domain } = config;
    const { bucket } = new PortalFiles(this, 'Files', {
      build,
      settings: settingsOf(config),
      logRetentionDays,
    });
    const shared = {
      portal,
      files: S3BucketOrigin.withOriginAccessControl(bucket, {
        // Who may list learns that a file is missing; nothing asks for the list itself.
        originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
      }),
      apis: new HttpOrigin(domain?.name ?? this.#ownHost(management), {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        originSslProtocols: [OriginSslPolicy.TLS_V1_2],
        readTimeout: Duration.seconds(60),
        customHeaders: {
          // A reference that CloudFormation resolves as it deploys: the template holds no secret.
          [FORWARDED.secret]: originSecret(this, 'OriginSecret', Key.fromKeyArn(this, 'DataKey', keyArn))
            .secretValueFromJson('current')
            .unsafeUnwrap(),
        },
      }),
      headers: portalHeaders(this, 'Headers', { portal, signInOrigin: signInOrigin(this, config) }),
      pagesCache: pagesCache(this, 'PagesCache'),
    };
    const { developerDomain, adminDomain } = portal;
    new PortalDoor(this, 'Door', { ...shared, admins: true, domainName: adminDomain ?? developerDomain });
    if (adminDomain !== null) {
      new PortalDoor(this, 'DeveloperDoor', { ...shared, admins: false, domainName: developerDomain });
    }
    if (config.moved !== null) this.#nameByRegion();
  }

  /** CloudFront's names are the account's, and what was made before the move has them. */
  #nameByRegion(): void {
    for (const part of this.node.findAll()) {
      const name = () =>
        `${Names.uniqueResourceName(part, { maxLength: LONGEST_NAME - this.region.length - 1 })}-${this.region}`;
      if (part instanceof CfnResponseHeadersPolicy)
        part.addPropertyOverride('ResponseHeadersPolicyConfig.Name', name());
      if (part instanceof CfnOriginAccessControl)
        part.addPropertyOverride('OriginAccessControlConfig.Name', name());
    }
  }

  #ownHost({ api }: ManagementApi): string {
    return `${api.apiId}.execute-api.${this.region}.${this.urlSuffix}`;
  }
}

/** What the pages read first. Everybody can. */
function settingsOf({ portal, vendor }: KeywrightConfig): object {
  const { brand, signUp, apiOrigins, developerDomain, adminDomain } = portal;
  const urlOf = (domain: string | null) => (domain === null ? null : `https://${domain}`);
  return {
    brand,
    signUp: signUp.mode,
    apiOrigins,
    vendor,
    developerUrl: urlOf(developerDomain),
    adminUrl: urlOf(adminDomain ?? developerDomain),
  };
}
