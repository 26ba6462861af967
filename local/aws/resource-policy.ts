import { matchesWildcard } from '../api-gateway/policy.ts';

/** What an AWS service asks a resource's owner to let it do, in the name of something of some account. */
export interface ServiceRequest {
  /** `cloudwatch.amazonaws.com` */
  readonly service: string;
  readonly action: string;
  readonly resource: string;
  /** Global condition keys that the service sends (`aws:SourceArn`). */
  readonly context: Readonly<Record<string, string>>;
}

type OneOrMore = string | readonly string[];

interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: '*' | { readonly AWS?: OneOrMore; readonly Service?: OneOrMore };
  readonly Action: OneOrMore;
  readonly Resource: OneOrMore;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

/** The policy of a topic, a key or a queue, as a template has it. */
export interface ResourcePolicy {
  readonly Statement: readonly Statement[];
}

const KNOWN = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition']);

/**
 * IAM's decision on a service's request by a resource's own policy, which alone decides on services: something
 * must allow it, and nothing deny it.
 * @throws Error for what is not evaluated here (`NotAction`, an unknown operator): a policy that is half
 * understood would be looser or stricter than AWS, and either teaches something wrong
 */
export function letsService({ Statement }: ResourcePolicy, request: ServiceRequest): boolean {
  const applying = Statement.filter((statement) => applies(statement, request));
  return (
    applying.some(({ Effect }) => Effect === 'Allow') && !applying.some(({ Effect }) => Effect === 'Deny')
  );
}

function applies(statement: Statement, { service, action, resource, context }: ServiceRequest): boolean {
  const strange = Object.keys(statement).find((part) => !KNOWN.has(part));
  if (strange !== undefined) throw new Error(`${strange} in a resource policy is not evaluated here.`);
  const { Principal, Action, Resource, Condition = {} } = statement;
  return (
    isPrincipal(Principal, service) &&
    list(Action).some((pattern) => matchesWildcard(pattern.toLowerCase(), action.toLowerCase())) &&
    list(Resource).some((pattern) => matchesWildcard(pattern, resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, list(wanted), sentValue(context, key))),
    )
  );
}

function isPrincipal(principal: Statement['Principal'], service: string): boolean {
  if (principal === '*') return true;
  return list(principal.AWS).includes('*') || list(principal.Service).includes(service);
}

/** Names of condition keys are the same in any case. */
function sentValue(context: ServiceRequest['context'], key: string): string | undefined {
  return Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}

/** @param actual undefined where the service does not send the key: then only what is negated holds. */
function holds(operator: string, wanted: readonly string[], actual: string | undefined): boolean {
  switch (operator) {
    case 'StringEquals':
      return actual !== undefined && wanted.includes(actual);
    case 'Bool':
      return actual !== undefined && wanted.some((value) => String(value) === actual);
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return actual !== undefined && wanted.some((pattern) => matchesWildcard(pattern, actual));
    case 'ArnNotEquals':
      return actual === undefined || !wanted.some((pattern) => matchesWildcard(pattern, actual));
    default:
      throw new Error(`The condition operator ${operator} in a resource policy is not evaluated here.`);
  }
}

function list(value: OneOrMore | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
