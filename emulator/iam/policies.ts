import type { TemplateResource } from '../template/resources.ts';
import { applies, type IamRequest, list, type PolicyDocument, type Statement } from './statement.ts';

/** Whether AWS would do it, and which policy stands in the way. */
export type IamDecision = 'allowed' | 'explicit deny' | 'no policy allows it';

/**
 * IAM's evaluation within one account, for the policies of synthesized stacks: a role may do what its own
 * policies allow, or what the resource's policy allows it by name, and nothing that either denies; of a key, what
 * the key's policy lets it do, which leaves the decision to the roles' policies where it names the account.
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html) Anything that it does
 * not understand (managed policies, `NotAction`, an unknown condition operator) throws: guessing would make
 * every test built on it worthless.
 */
export class IamPolicies {
  readonly #resources: readonly TemplateResource[];
  readonly #ofRoles = new Map<string, readonly Statement[]>();
  readonly #onResources = new Map<string, readonly Statement[]>();

  constructor(resources: readonly TemplateResource[]) {
    this.#resources = resources;
  }

  /** Every statement of the role's own policies. */
  statementsOf(roleArn: string): readonly Statement[] {
    return remembered(this.#ofRoles, roleArn, () => this.#readStatementsOf(roleArn));
  }

  /** Every statement of the policies that stand on the resource of this ARN. */
  statementsOn(resource: string): readonly Statement[] {
    return remembered(this.#onResources, resource, () => this.#readStatementsOn(resource));
  }

  /** Whether AWS would let the role do this. */
  allows(roleArn: string, request: IamRequest): boolean {
    return this.decide(roleArn, request) === 'allowed';
  }

  decide(roleArn: string, request: IamRequest): IamDecision {
    const asked = by(roleArn, request);
    const own = this.statementsOf(roleArn).filter((statement) => applies(statement, asked));
    const on = this.statementsOn(request.resource).filter((statement) => applies(statement, asked));
    const named = on.filter((statement) => isPrincipal(statement, roleArn));
    if ([...own, ...named].some(({ Effect }) => Effect === 'Deny')) return 'explicit deny';
    const isAllowed = named.length > 0 || (own.length > 0 && this.#leavesItToRoles(roleArn, request, on));
    return isAllowed ? 'allowed' : 'no policy allows it';
  }

  /** Whether the resource's own policy denies this to `principalArn`, whatever that one may otherwise do. */
  deniesEvenTo(principalArn: string, request: IamRequest): boolean {
    const asked = by(principalArn, request);
    return this.statementsOn(request.resource).some(
      (statement) =>
        statement.Effect === 'Deny' && isPrincipal(statement, principalArn) && applies(statement, asked),
    );
  }

  /** Only a key has a policy of its own that must name the account before the roles' policies count. */
  #leavesItToRoles(roleArn: string, { resource }: IamRequest, on: readonly Statement[]): boolean {
    // A key without a policy of its own gets one from KMS that leaves it to them.
    if (!resource.includes(':kms:') || this.statementsOn(resource).length === 0) return true;
    const account = `arn:aws:iam::${roleArn.split(':')[4]}:root`;
    return on.some((statement) => statement.Effect === 'Allow' && principalsOf(statement).includes(account));
  }

  #readStatementsOf(roleArn: string): readonly Statement[] {
    const name = roleArn.split('/').at(-1) ?? '';
    const role = this.#ofType('AWS::IAM::Role').find(({ PhysicalId }) => PhysicalId === name);
    if (role === undefined) throw new Error(`no role ${roleArn}`);
    if (list(role.Properties.ManagedPolicyArns as string[] | undefined).length > 0) {
      throw new Error(`${roleArn} has managed policies, whose content is not in the template`);
    }
    const inline = list(role.Properties.Policies as { PolicyDocument: PolicyDocument }[] | undefined);
    const attached = this.#ofType('AWS::IAM::Policy').filter(({ Properties }) =>
      list(Properties.Roles as string[] | undefined).includes(name),
    );
    const documents = [
      ...inline.map(({ PolicyDocument }) => PolicyDocument),
      ...attached.map(({ Properties }) => Properties.PolicyDocument as PolicyDocument),
    ];
    return documents.flatMap(statementsIn);
  }

  #readStatementsOn(resource: string): readonly Statement[] {
    return [
      ...this.#ofType('AWS::DynamoDB::GlobalTable')
        .filter(({ PhysicalId }) => resource.split('/index/')[0]?.endsWith(`:table/${PhysicalId}`))
        .flatMap(({ Properties }) => list(Properties.Replicas as { ResourcePolicy?: object }[]))
        .flatMap(({ ResourcePolicy }) =>
          list(ResourcePolicy as { PolicyDocument: PolicyDocument } | undefined),
        )
        .flatMap(({ PolicyDocument }) => statementsIn(PolicyDocument)),
      ...this.#ofType('AWS::KMS::Key')
        .filter(({ PhysicalId }) => resource.endsWith(`:key/${PhysicalId}`))
        .flatMap(({ Properties }) => statementsIn(Properties.KeyPolicy as PolicyDocument | undefined)),
      ...this.#attached('AWS::SQS::QueuePolicy', 'Queues', (queueUrl) =>
        resource.endsWith(`:${lastOf(queueUrl)}`),
      ),
      ...this.#attached('AWS::SNS::TopicPolicy', 'Topics', (topicArn) => topicArn === resource),
      ...this.#attached('AWS::SecretsManager::ResourcePolicy', 'SecretId', (secret) => secret === resource),
    ];
  }

  /** Of policies that are resources of their own and name what they stand on. */
  #attached(type: string, member: string, isIt: (id: string) => boolean): readonly Statement[] {
    return this.#ofType(type)
      .filter(({ Properties }) => list(Properties[member] as string | string[]).some(isIt))
      .flatMap(({ Properties }) =>
        statementsIn((Properties.PolicyDocument ?? Properties.ResourcePolicy) as PolicyDocument),
      );
  }

  #ofType(type: string): readonly TemplateResource[] {
    return this.#resources.filter(({ Type }) => Type === type);
  }
}

/** What is known of every request within the account; functions speak to AWS over TLS alone. */
function by(principalArn: string, request: IamRequest): IamRequest {
  const account = principalArn.split(':')[4] ?? '';
  const who = { 'aws:PrincipalArn': principalArn, 'aws:PrincipalAccount': account };
  return { ...request, context: { 'aws:SecureTransport': 'true', ...request.context, ...who } };
}

function isPrincipal(statement: Statement, roleArn: string): boolean {
  const principals = principalsOf(statement);
  const account = `arn:aws:iam::${roleArn.split(':')[4]}:root`;
  // A Deny of the account is one of everybody in it; an Allow of it only leaves the decision to their policies.
  const ofAccount = statement.Effect === 'Deny' && principals.includes(account);
  return ofAccount || principals.includes('*') || principals.includes(roleArn);
}

function principalsOf({ Principal }: Statement): readonly string[] {
  return Principal === '*' ? ['*'] : list(Principal?.AWS);
}

function statementsIn(document: PolicyDocument | undefined): readonly Statement[] {
  return list(document?.Statement);
}

function remembered<T>(known: Map<string, T>, key: string, read: () => T): T {
  const value = known.get(key) ?? read();
  known.set(key, value);
  return value;
}

function lastOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
