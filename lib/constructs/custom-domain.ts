import { CfnOutput } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  ApiMapping,
  CfnApiMapping,
  DomainName,
  type HttpApi,
  type HttpStage,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import { PUBLIC_API } from '../../core/contract/deployment.ts';
import type { DomainConfig } from '../config-parts.ts';

interface CustomDomainProps {
  readonly domain: DomainConfig;
  readonly management: { readonly api: HttpApi; readonly stage: HttpStage };
  readonly publicApi: RestApi;
}

/**
 * One host name for both APIs: the longest mapping that a path begins with wins, and all else goes to the empty
 * one («Map API stages to a custom domain name for HTTP APIs»). Mappings of several levels need TLS 1.2. The DNS
 * record is the operator's: a CNAME or alias to the output `DomainTarget`.
 */
export class CustomDomain extends Construct {
  constructor(scope: Construct, id: string, props: CustomDomainProps) {
    super(scope, id);
    const { domain, management, publicApi } = props;
    const domainName = new DomainName(this, 'Name', {
      domainName: domain.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    const { api, stage } = management;
    const whole = new ApiMapping(this, 'Management', { api, stage, domainName });
    whole.node.addDependency(stage);
    const exposed = new CfnApiMapping(this, 'Public', {
      apiId: publicApi.restApiId,
      stage: publicApi.deploymentStage.stageName,
      domainName: domainName.name,
      apiMappingKey: PUBLIC_API.mapping,
    });
    exposed.node.addDependency(publicApi.deploymentStage);
    new CfnOutput(this, 'Target', { value: domainName.regionalDomainName }).overrideLogicalId('DomainTarget');
  }
}
