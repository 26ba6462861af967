import { Annotations, CfnOutput, Duration } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  type ICachePolicy,
  type IOrigin,
  type IResponseHeadersPolicy,
  OriginRequestPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import type { PortalConfig } from '../portal-config.ts';
import { apisCode, pagesCode } from './edge-functions.ts';
import { suppress } from './suppression.ts';

export interface PortalDoorProps {
  readonly portal: PortalConfig;
  /** Whether it leads to what is for admins alone. */
  readonly admins: boolean;
  /** Null for CloudFront's own name. */
  readonly domainName: string | null;
  readonly files: IOrigin;
  readonly apis: IOrigin;
  readonly headers: IResponseHeadersPolicy;
  readonly pagesCache: ICachePolicy;
}

/** Paths of the management API and of sign-in: never cached, every method, the API's own host name. */
const API_PATHS = ['/v1/*', '/auth/*', '/openapi.json'];

/** One address of the portals: pages, sign-in and management API by one host name. */
export class PortalDoor extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, props: PortalDoorProps) {
    super(scope, id);
    const { portal, domainName, admins } = props;
    const common = {
      responseHeadersPolicy: props.headers,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      compress: true,
    };
    const apis: BehaviorOptions = {
      ...common,
      origin: props.apis,
      // A form or a token that was sent in the clear is not to be sent once more.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      functionAssociations: [this.#onRequest('Apis', apisCode(admins))],
    };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `Keywright: ${admins ? 'portals' : "developers' portal"}${turnOf(this)}`,
      defaultRootObject: 'index.html',
      defaultBehavior: {
        ...common,
        origin: props.files,
        cachePolicy: props.pagesCache,
        functionAssociations: [this.#onRequest('Pages', pagesCode(admins))],
      },
      additionalBehaviors: {
        '/assets/*': { ...common, origin: props.files, cachePolicy: CachePolicy.CACHING_OPTIMIZED },
        ...Object.fromEntries(API_PATHS.map((path) => [path, apis])),
      },
      ...(portal.webAclArn !== null && { webAclId: portal.webAclArn }),
      ...(domainName !== null && {
        domainNames: [domainName],
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
        certificate: Certificate.fromCertificateArn(this, 'Certificate', String(portal.certificateArn)),
      }),
    });
    new CfnOutput(this, 'Url', {
      value: `https://${domainName ?? this.distribution.distributionDomainName}`,
    }).overrideLogicalId(admins ? 'PortalUrl' : 'DeveloperPortalUrl');
    new CfnOutput(this, 'Target', {
      value: this.distribution.distributionDomainName,
    }).overrideLogicalId(admins ? 'PortalTarget' : 'DeveloperPortalTarget');
    this.#accept(props);
  }

  #onRequest(name: string, code: string) {
    const fn = new EdgeFunction(this, name, {
      comment: `Keywright: ${name === 'Pages' ? 'which document a path is' : 'who calls the API'}`,
      code: FunctionCode.fromInline(code),
      runtime: FunctionRuntime.JS_2_0,
    });
    return { function: fn, eventType: FunctionEventType.VIEWER_REQUEST };
  }

  #accept({ portal, domainName }: PortalDoorProps): void {
    // There is one, and no other path leads to the bucket's root.
    Annotations.of(this).acknowledgeWarning('@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk');
    suppress(this.distribution, {
      id: 'AwsSolutions-CFR1',
      reason: 'Who may sign in is the issuer’s to say, from wherever people are.',
    });
    suppress(this.distribution, {
      id: 'AwsSolutions-CFR3',
      reason:
        'Whatever can be called is logged by the API behind it; the rest are files that everybody may read.',
    });
    if (portal.webAclArn === null) {
      suppress(this.distribution, {
        id: 'AwsSolutions-CFR2',
        reason: 'The operator’s choice, by portal.webAclArn: CloudFront’s web ACLs live in us-east-1 only.',
      });
    }
    if (domainName === null) {
      suppress(this.distribution, {
        id: 'AwsSolutions-CFR4',
        reason: 'CloudFront’s own name comes with CloudFront’s own TLS settings.',
      });
    }
  }
}

/** For pages: as long as their own Cache-Control says, which is not at all without asking. */
export function pagesCache(scope: Construct, id: string): CachePolicy {
  return new CachePolicy(scope, id, {
    comment: 'Keywright: the portals’ documents, asked for each time',
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: Duration.days(1),
    enableAcceptEncodingBrotli: true,
    enableAcceptEncodingGzip: true,
  });
}

/**
 * What the context calls the turn of the origin's secret. CloudFormation resolves the reference to the secret anew
 * only as it updates a distribution for something else.
 */
function turnOf(scope: Construct): string {
  const turn: unknown = scope.node.tryGetContext('originSecretTurn');
  if (turn === undefined) return '';
  if (/^[\w-]{1,40}$/.test(String(turn))) return `, origin secret ${turn}`;
  throw new Error('The context originSecretTurn is what a turn is called: 1 to 40 letters, digits, _ and -.');
}
