import { matchesWildcard } from '../api-gateway/policy.ts';

export type OneOrMore = string | readonly string[];

/** A statement of an identity's or a resource's policy; those of identities have no `Principal`. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | { readonly AWS?: OneOrMore; readonly Service?: OneOrMore };
  readonly Action?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

/** A policy as a template has it. */
export interface PolicyDocument {
  readonly Statement: Statement | readonly Statement[];
}

/** Condition keys of a request; those with several values as lists. A key that is not sent is absent. */
export type IamContext = Readonly<Record<string, OneOrMore>>;

/** What somebody asks AWS to do. */
export interface IamRequest {
  /** `dynamodb:GetItem` */
  readonly action: string;
  /** An ARN, or `*` for what is done to nothing in particular. */
  readonly resource: string;
  readonly context?: IamContext;
}

const PARTS = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition']);

export function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value as T];
}

/**
 * Whether a statement is about this request, whoever makes it: its actions, resources and conditions.
 * @throws Error for what is not evaluated here (`NotAction`, an unknown operator): a policy that is half
 * understood would be looser or stricter than AWS, and either teaches something wrong
 */
export function applies(statement: Statement, { action, resource, context = {} }: IamRequest): boolean {
  const strange = Object.keys(statement).find((part) => !PARTS.has(part));
  if (strange !== undefined) throw new Error(`${strange} in a policy is not evaluated here.`);
  if (statement.Action === undefined || statement.Resource === undefined)
    throw new Error(`A statement without Action or Resource: ${JSON.stringify(statement)}`);
  return (
    list(statement.Action).some((pattern) => matchesWildcard(pattern.toLowerCase(), action.toLowerCase())) &&
    list(statement.Resource).some((pattern) => matchesWildcard(pattern, resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, list(wanted), sent(context, key))),
    )
  );
}

/** Names of condition keys are the same in any case. */
function sent(context: IamContext, key: string): OneOrMore | undefined {
  if (Object.hasOwn(context, key)) return context[key];
  return Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}

/** @param actual undefined where the request has no such key: then only what is negated or a set holds. */
function holds(operator: string, wanted: readonly string[], actual: OneOrMore | undefined): boolean {
  const values = list(actual);
  const present = actual !== undefined;
  const equal = (value: string) => wanted.some((one) => String(one) === value);
  const like = (value: string) => wanted.some((pattern) => matchesWildcard(pattern, value));
  switch (operator) {
    case 'StringEquals':
    case 'Bool':
      return present && values.every(equal);
    case 'StringEqualsIfExists':
    case 'ForAllValues:StringEquals':
      return values.every(equal);
    case 'ForAnyValue:StringEquals':
      return values.some(equal);
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return present && values.every(like);
    case 'ArnNotEquals':
      return !values.some(like);
    case 'ForAllValues:StringLike':
      return values.every(like);
    case 'Null':
      return wanted.every((isAbsent) => (String(isAbsent) === 'true') === !present);
    default:
      throw new Error(`The condition operator ${operator} in a policy is not evaluated here.`);
  }
}
