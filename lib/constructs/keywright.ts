import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { accessLogGroup, accessLogOf } from './access-log.ts';
import { allowConfiguration } from './configuration.ts';
import { addGatewayResponses, type CallerScheme } from './gateway-responses.ts';
import { allowGuard, type GuardProps } from './guard.ts';
import { requireOneOf } from './required.ts';
import { allowVerify } from './verify.ts';

/** The package's functions, for languages in which a package of the CDK has classes alone. */
// biome-ignore lint/complexity/noStaticOnlyClass: that is what it is for
export class Keywright {
  /** A REST API refuses callers in Keywright's words, in those of the scheme that it was registered with. */
  static addGatewayResponses(api: RestApi, callers?: CallerScheme): void {
    addGatewayResponses(api, callers);
  }

  /** Lets a backend use `keywright-guard`, and tells the guard where its decisions and limits come from. */
  static allowGuard(backend: LambdaFunction, props?: GuardProps): void {
    allowGuard(backend, props);
  }

  /**
   * Lets a role call `POST /v1/verify` and nothing else of the management API.
   * @param managementApiId KeywrightControl's output of that name
   */
  static allowVerify(role: IRole, managementApiId: string): void {
    allowVerify(role, managementApiId);
  }

  /**
   * Lets a role configure Keywright by signed requests: all that principals may, or only what is said.
   * @param managementApiId KeywrightControl's output of that name
   * @param routes methods with paths, `*` for any part: `PUT /v1/tenants/tenant_acme/roles/*`
   */
  static allowConfiguration(role: IRole, managementApiId: string, routes?: string[]): void {
    allowConfiguration(role, managementApiId, routes);
  }

  /** A log group for an API's access log, whose format is `accessLogOf`. */
  static accessLogGroup(scope: Construct, id: string, logRetentionDays: number): LogGroup {
    return accessLogGroup(scope, id, logRetentionDays);
  }

  /**
   * The format of one API's access log that its usage is counted from.
   * @param kind `rest` or `http`
   * @param apiId `api_…`
   */
  static accessLogOf(kind: string, apiId: string): string {
    requireOneOf('kind', kind, ['rest', 'http']);
    return accessLogOf(kind as 'rest' | 'http', apiId);
  }
}
