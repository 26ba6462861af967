import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENV } from '../../core/contract/deployment.ts';
import type { Unobservable } from '../support/outcomes.ts';

/**
 * Where MiniStack 1.5.33 falls short of AWS, and what is done about it here. Nothing of the product is bent
 * for it: templates are changed on their way to MiniStack, and what it does not show is reported as skipped.
 *
 * | on AWS                                             | in MiniStack                    | here                   |
 * | -------------------------------------------------- | ------------------------------- | ---------------------- |
 * | archives of a bus                                  | unknown type                    | resource removed       |
 * | schemas in EventBridge's registry                  | unknown types                   | resources removed      |
 * | AWS WAF                                             | web ACLs are stored and stop nothing | resources removed |
 * | rotation schedules; `RotateSecret` calls a function | unknown type; copies the value  | resource removed; the test asks for the four steps |
 * | alarms on metric math                              | refused                         | resources removed      |
 * | `Ref` of a secret is its ARN                       | its name, which no policy takes | `Fn::GetAtt … Id`, the ARN on both |
 * | IAM knows `dynamodb:LeadingKeys` of a request      | it does not, so no request meets the condition | conditions on it removed; actions, resources and other conditions are enforced |
 * | IAM knows `kms:EncryptionContext:…` of a request | likewise; tests of policies and the local servers hold the condition | likewise |
 * | KMS knows `aws:PrincipalArn` of a request         | it does not, so who is exempt from a refusal is refused | the refusal to sign removed |
 * | streams of a log group are resources of their own  | the group is asked about        | rights on streams widened to their group |
 * | IAM knows whose mail `ses:SendEmail` sends        | it asks about all, without the conditions | the right to mail widened |
 * | gateway responses substitute `$context.authorizer` | left as it is written           | bodies of 403s skipped |
 * | an HTTP API answers 401 to `Unauthorized` thrown (the guide says so of REST APIs only) | 500, as to any error            | status of 401s skipped |
 * | `CorsConfiguration` of an HTTP API                 | stored, then looked for in other letters: every preflight gets 403 | preflight skipped |
 * | `https://{id}.execute-api.…`                       | served, but no name server knows it | called by path, by the guard too |
 * | TLS, which buckets insist on                       | optional, and off here          | its refusals removed   |
 * | an HTTP API's event lists cookies (payload 2.0)   | among the headers alone         | MiniStack is started by a program that lists them |
 * | CloudFront calls an origin by its AWS name         | 502; of its own services it serves S3 and function URLs | the API's origin is MiniStack, by path |
 * | the CDK's function copies files into a bucket      | it wants AWS's own command line below `/opt` | resources removed; the test puts there what they say |
 * | `https://….cloudfront.net`                         | served, but no name server knows it, and without TLS | a proxy of the test, which ends TLS |
 * | CloudFront's cache, its compression                | none                            | tests of templates     |
 * | resource policies of functions, KMS grants, throttling, access logs | not applied    | not looked at          |
 *
 * What never runs there, and what says that it works:
 *
 * | part                                               | why not                         | held by                |
 * | -------------------------------------------------- | ------------------------------- | ---------------------- |
 * | Cognito's user pool, second factors, the function that it asks | people come from the issuer of `npm start` | tests of templates and of the function's events |
 * | policies of topics and of their keys, messages of alarms and rules | topics take everything | the local servers, which evaluate them; tests of templates |
 * | replicas and their sealing                         | one Region                      | tests of templates     |
 * | the audit archive, Object Lock                     | the option is off               | tests of templates, linters |
 * | WebSocket APIs, AppSync                            | no stack has one: consumers' own | the authorizer's tests on their events |
 * | AWS WAF, rate rules                                | stops nothing                   | tests of templates, linters |
 * | gradual deployments, CodeDeploy, aliases           | the option is off               | tests of templates, linters |
 * | a custom domain, its mappings                      | no name server, no certificate  | tests of templates, linters |
 * | CloudTrail's events of the audit lock              | no trail                        | the local servers      |
 * | the brake's function URL, `lambda:InvokeFunctionUrl` | not asked                      | the local servers      |
 */

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources: Record<string, Resource>;
}

const REMOVED_TYPES = [
  'AWS::Events::Archive',
  'AWS::EventSchemas::Registry',
  'AWS::EventSchemas::Schema',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
  'Custom::CDKBucketDeployment',
];
const UNKNOWN_CONDITION_KEY = /^(?:dynamodb:LeadingKeys$|kms:EncryptionContext:)/;
const UNKNOWN_TO_KMS = 'aws:PrincipalArn';

/** Promises that MiniStack can't show to be kept. */
export const UNOBSERVABLE: readonly Unobservable[] = [
  'body of a 403 of a REST API',
  '401 of an HTTP API',
  'CORS of an HTTP API',
];

/**
 * Changes a synthesized app's templates, where they lie, to what MiniStack takes.
 * @param url where MiniStack is
 */
export function adaptTemplates(assembly: string, stacks: readonly string[], url: string): void {
  for (const stack of stacks) {
    const path = join(assembly, `${stack}.template.json`);
    const template = JSON.parse(readFileSync(path, 'utf8')) as Template;
    writeFileSync(path, adapted(template, url));
  }
}

function insistsOnTls(statement: object): boolean {
  return (
    JSON.stringify(statement).includes('"Deny"') &&
    /aws:SecureTransport|s3:TlsVersion/.test(JSON.stringify(statement))
  );
}

function refusesToSign(statement: object): boolean {
  const text = JSON.stringify(statement);
  return text.includes('"Deny"') && text.includes('"kms:Sign"') && text.includes(UNKNOWN_TO_KMS);
}

/** Its IAM asks about mails of any identity, by conditions that it does not know. */
function mailingAsAnyone(statement: { readonly Action?: unknown }): object {
  if (statement.Action !== 'ses:SendEmail') return statement;
  const { Condition, ...rest } = statement as { Condition?: unknown };
  return { ...rest, Resource: '*' };
}

function adapted({ Resources, ...rest }: Template, url: string): string {
  const resources = Object.entries(Resources);
  const kept = resources.filter(
    ([, resource]) => !REMOVED_TYPES.includes(resource.Type) && !isMath(resource),
  );
  const secrets = resources
    .filter(([, { Type }]) => Type === 'AWS::SecretsManager::Secret')
    .map(([id]) => id);
  return JSON.stringify({ ...rest, Resources: Object.fromEntries(kept) }, (name, value) => {
    if (UNKNOWN_CONDITION_KEY.test(name)) return undefined;
    if (name === 'Statement')
      return value.filter((one: object) => !refusesToSign(one) && !insistsOnTls(one)).map(mailingAsAnyone);
    if (typeof value === 'string' && value.endsWith(':log-stream:*'))
      return value.replace(':log-stream:*', '*');
    if (name === ENV.verifyUrl) return byPath(value, url, '/v1/verify');
    if (name === 'Origins') return value.map((origin: Origin) => reachableOrigin(origin, url));
    return secrets.includes(value?.Ref) ? { 'Fn::GetAtt': [value.Ref, 'Id'] } : value;
  });
}

/** `https://{id}.execute-api.…/…`, of which the id is an import of another stack's. */
function byPath(joined: Joined, url: string, path = ''): object {
  const id = joined['Fn::Join'][1].find((part) => Object.hasOwn(Object(part), 'Fn::ImportValue'));
  return { 'Fn::Join': ['', [`${url}/_aws/execute-api/`, id, path]] };
}

interface Joined {
  readonly 'Fn::Join': [string, unknown[]];
}

interface Origin {
  readonly DomainName: Joined;
  readonly CustomOriginConfig?: object;
}

/** An origin of CloudFront that is an API: where MiniStack is, and by path. */
function reachableOrigin(origin: Origin, url: string): object {
  if (origin.CustomOriginConfig === undefined) return origin;
  const { hostname, port } = new URL(url);
  return {
    ...origin,
    DomainName: hostname,
    OriginPath: byPath(origin.DomainName, ''),
    CustomOriginConfig: {
      ...origin.CustomOriginConfig,
      HTTPPort: Number(port),
      OriginProtocolPolicy: 'http-only',
    },
  };
}

function isMath({ Type, Properties = {} }: Resource): boolean {
  return Type === 'AWS::CloudWatch::Alarm' && 'Metrics' in Properties;
}
