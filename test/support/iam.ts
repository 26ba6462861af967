import type { TemplateResource } from '../../local/template/resources.ts';

/** What a principal asks AWS to do. `context` holds condition keys, multi-valued ones as lists. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  readonly context?: IamContext;
}

type IamContext = Readonly<Record<string, string | readonly string[]>>;

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

interface Document {
  readonly Statement: Statement | readonly Statement[];
}

const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];

/**
 * IAM's evaluation within one account, for the policies of synthesized stacks: what a role's identity
 * policies allow and neither they nor the resource's own policy denies. Anything that it does not
 * understand (managed policies, `NotAction`, an unknown condition operator) throws: guessing would make
 * every test built on it worthless.
 */
export class IamPolicies {
  readonly #resources: readonly TemplateResource[];

  constructor(resources: readonly TemplateResource[]) {
    this.#resources = resources;
  }

  /** Every statement of the role's own policies. */
  statementsOf(roleArn: string): readonly Statement[] {
    const name = roleArn.split('/').at(-1) ?? '';
    const role = this.#ofType('AWS::IAM::Role').find(({ PhysicalId }) => PhysicalId === name);
    if (role === undefined) throw new Error(`no role ${roleArn}`);
    if (list(role.Properties.ManagedPolicyArns as string[] | undefined).length > 0) {
      throw new Error(`${roleArn} has managed policies, whose content is not in the template`);
    }
    const inline = list(role.Properties.Policies as { PolicyDocument: Document }[] | undefined);
    const attached = this.#ofType('AWS::IAM::Policy').filter(({ Properties }) =>
      list(Properties.Roles as string[] | undefined).includes(name),
    );
    const documents = [
      ...inline.map(({ PolicyDocument }) => PolicyDocument),
      ...attached.map(({ Properties }) => Properties.PolicyDocument as Document),
    ];
    return documents.flatMap(({ Statement }) => list(Statement));
  }

  /** Whether AWS would let the role do this. */
  allows(roleArn: string, request: IamRequest): boolean {
    const context = { ...request.context, 'aws:PrincipalArn': roleArn };
    const applying = [...this.statementsOf(roleArn), ...this.#resourceStatements(request.resource)].filter(
      (statement) => applies(statement, request, context),
    );
    if (applying.some(({ Effect }) => Effect === 'Deny')) return false;
    return this.statementsOf(roleArn).some(
      (statement) => statement.Effect === 'Allow' && applies(statement, request, context),
    );
  }

  /** Whether the resource's own policy denies this to `principalArn`, whatever that one may otherwise do. */
  deniesEvenTo(principalArn: string, request: IamRequest): boolean {
    const context = { ...request.context, 'aws:PrincipalArn': principalArn };
    return this.#resourceStatements(request.resource).some(
      (statement) => statement.Effect === 'Deny' && applies(statement, request, context),
    );
  }

  #ofType(type: string): readonly TemplateResource[] {
    return this.#resources.filter(({ Type }) => Type === type);
  }

  /** Of the policies that stand on resources, those of tables and keys deny something here. */
  #resourceStatements(resource: string): readonly Statement[] {
    return [...this.#tableStatements(resource), ...this.#keyStatements(resource)];
  }

  /** A key's policy says `*` for the key; what it allows is left to the roles' own policies. */
  #keyStatements(resource: string): readonly Statement[] {
    return this.#ofType('AWS::KMS::Key')
      .filter(({ PhysicalId }) => resource.endsWith(`:key/${PhysicalId}`))
      .flatMap(({ Properties }) => list((Properties.KeyPolicy as Document | undefined)?.Statement))
      .filter(({ Effect }) => Effect === 'Deny');
  }

  #tableStatements(resource: string): readonly Statement[] {
    return this.#ofType('AWS::DynamoDB::GlobalTable')
      .filter(({ PhysicalId }) => resource.endsWith(`:table/${PhysicalId}`))
      .flatMap(({ Properties }) => list(Properties.Replicas as { ResourcePolicy?: object }[]))
      .flatMap(({ ResourcePolicy }) => list(ResourcePolicy as { PolicyDocument: Document } | undefined))
      .flatMap(({ PolicyDocument }) => list(PolicyDocument.Statement));
  }
}

function applies(statement: Statement, request: IamRequest, context: IamContext): boolean {
  if (statement.Action === undefined || statement.Resource === undefined) {
    throw new Error(`statement without Action or Resource: ${JSON.stringify(statement)}`);
  }
  return (
    list(statement.Action).some((pattern) => like(pattern.toLowerCase(), request.action.toLowerCase())) &&
    list(statement.Resource).some((pattern) => like(pattern, request.resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, expected]) => holds(operator, list(expected), context[key])),
    )
  );
}

/** `actual` is undefined where the request has no such key. */
function holds(
  operator: string,
  expected: readonly string[],
  actual: string | readonly string[] | undefined,
): boolean {
  const values = list(actual);
  const present = actual !== undefined;
  const someEqual = (value: string) => expected.includes(value);
  const someLike = (value: string) => expected.some((pattern) => like(pattern, value));
  switch (operator) {
    case 'StringEquals':
      return present && values.every(someEqual);
    case 'StringEqualsIfExists':
      return values.every(someEqual);
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return present && values.every(someLike);
    case 'ArnNotEquals':
      return !values.some(someLike);
    case 'ForAllValues:StringEquals':
      return values.every(someEqual);
    case 'ForAllValues:StringLike':
      return values.every(someLike);
    case 'Null':
      return expected.every((isAbsent) => (isAbsent === 'true') === !present);
    default:
      throw new Error(`condition operator ${operator} is not evaluated here`);
  }
}

/** IAM's wildcards: `*` for any characters, `?` for one. */
function like(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}
