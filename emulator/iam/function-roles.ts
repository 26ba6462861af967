import { AwsError } from '../aws/protocol.ts';
import type { Credentials } from '../aws/request-signature.ts';
import { newCredentials } from '../aws-access.ts';
import type { TemplateResource } from '../template/resources.ts';
import { type Account, type AwsCall, AwsRequests } from './aws-requests.ts';
import { type IamDecision, IamPolicies } from './policies.ts';
import type { IamRequest } from './statement.ts';

/** Something that was asked of IAM, and its answer. */
export interface Judgement {
  readonly roleArn: string;
  readonly request: IamRequest;
  readonly decision: IamDecision;
}

/** What calls of functions are held against. */
export interface RoleJudge {
  /** @throws AwsError (`AccessDeniedException`) for a call that AWS would not let the role make */
  check(caller: { readonly roleArn: string; readonly functionName: string }, call: AwsCall): void;
}

/** Judges by the roles and resource policies of the templates. */
export class TemplateJudge implements RoleJudge {
  readonly #policies: IamPolicies;
  readonly #requests: AwsRequests;
  readonly #account: Account;
  readonly #onJudgement: (judgement: Judgement) => void;
  readonly #seen = new Set<string>();

  /** @param onJudgement hears of each kind of request once, and of every denial */
  constructor(
    resources: readonly TemplateResource[],
    account: Account,
    onJudgement: (judgement: Judgement) => void = () => undefined,
  ) {
    this.#policies = new IamPolicies(resources);
    this.#requests = new AwsRequests(resources, account);
    this.#account = account;
    this.#onJudgement = onJudgement;
  }

  check({ roleArn, functionName }: { roleArn: string; functionName: string }, call: AwsCall): void {
    for (const request of this.#requests.of(call)) {
      const decision = this.decide(roleArn, request);
      if (decision === 'allowed') continue;
      const user = `arn:aws:sts::${this.#account.accountId}:assumed-role/${roleArn.split('/').at(-1)}/${functionName}`;
      const why = decision === 'explicit deny' ? 'with an explicit deny' : 'because no policy allows it';
      const { service } = call;
      const isRest = ['lambda', 'apigateway', 's3', 'ses'].includes(service);
      throw new AwsError(
        'AccessDeniedException',
        `User: ${user} is not authorized to perform: ${request.action} on resource: ${request.resource} ${why}`,
        { status: isRest ? 403 : 400 },
      );
    }
  }

  /** Whether AWS would let a role do this. */
  decide(roleArn: string, request: IamRequest): IamDecision {
    const decision = this.#policies.decide(roleArn, request);
    const shape = shapeOf(roleArn, request);
    if (decision !== 'allowed' || !this.#seen.has(shape)) this.#onJudgement({ roleArn, request, decision });
    this.#seen.add(shape);
    return decision;
  }
}

/** The functions that may call AWS, each with credentials of its own. */
export class FunctionCallers {
  readonly #byFunction = new Map<string, Credentials>();
  readonly #callers = new Map<string, { functionName: string; roleArn: string; credentials: Credentials }>();

  /** The function's pair, made when it is asked for first. */
  credentialsOf(functionName: string, roleArn: string): Credentials {
    const known = this.#byFunction.get(functionName);
    if (known !== undefined) return known;
    const credentials = newCredentials();
    this.#byFunction.set(functionName, credentials);
    this.#callers.set(credentials.accessKeyId, { functionName, roleArn, credentials });
    return credentials;
  }

  /** Whose access key this is; undefined for one that is no function's. */
  find(accessKeyId: string) {
    return this.#callers.get(accessKeyId);
  }

  /** As they sign for API Gateway. */
  signers() {
    return [...this.#callers.values()].map(({ functionName, roleArn, credentials }) => ({
      ...credentials,
      role: { arn: roleArn, sessionName: functionName },
    }));
  }
}

/** Requests of one shape differ in ids alone: policies here tell items by how their keys begin. */
function shapeOf(roleArn: string, { action, resource, context = {} }: IamRequest): string {
  const leading = context['dynamodb:LeadingKeys'];
  const prefixes = leading && [...new Set([leading].flat().map((key) => key.split('#')[0]))].sort();
  const secret = resource.includes(':secret:') ? resource.replace(/[^/]*$/, '') : resource;
  const rest = Object.entries(context).filter(
    ([name]) => !/LeadingKeys|SecretId|SecretARN|Recipients/.test(name),
  );
  return JSON.stringify([roleArn, action, secret, prefixes, rest]);
}
