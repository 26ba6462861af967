import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ENV } from '../../core/contract/deployment.ts';
import type { UsagePlansConfig } from '../config-parts.ts';
import { grant } from './grant.ts';
import { suppress } from './suppression.ts';

/** To make an API Gateway key for each new credential and to put it into these plans; not to delete any. */
export function allowUsagePlanKeys(fn: LambdaFunction, plans: UsagePlansConfig): void {
  fn.addEnvironment(ENV.usagePlans, JSON.stringify(plans));
  grant(fn, ['apigateway:GET', 'apigateway:POST'], [apiGatewayArn(fn, '/apikeys')]);
  for (const plan of new Set([...plans.sandbox, ...plans.live])) {
    grant(fn, ['apigateway:POST'], [apiGatewayArn(fn, `/usageplans/${plan}/keys`)]);
    grant(fn, ['apigateway:GET'], [apiGatewayArn(fn, `/usageplans/${plan}/keys/*`)]);
  }
  suppress(fn.role ?? fn, {
    id: 'AwsSolutions-IAM5',
    reason: 'Whether a key is in a plan of the configuration is asked by its id, which is made at run time.',
    appliesTo: [{ regex: '/^Resource::arn:.+::/usageplans/[0-9A-Za-z]+/keys/\\*$/' }],
  });
}

/** To find and delete API Gateway keys of credentials that have ended, and nothing of the credentials. */
export function allowUsagePlanKeyRemoval(fn: LambdaFunction): void {
  grant(fn, ['apigateway:GET'], [apiGatewayArn(fn, '/apikeys')]);
  grant(fn, ['apigateway:DELETE'], [apiGatewayArn(fn, '/apikeys/*')]);
  suppress(fn.role ?? fn, {
    id: 'AwsSolutions-IAM5',
    reason: 'API Gateway keys have ids of API Gateway’s choice.',
    appliesTo: [{ regex: '/^Resource::arn:.+::/apikeys/\\*$/' }],
  });
}

function apiGatewayArn(fn: LambdaFunction, resource: string): string {
  return Stack.of(fn).formatArn({
    service: 'apigateway',
    account: '',
    resource,
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
}
