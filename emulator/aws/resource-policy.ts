import { applies, type IamContext, list, type Statement } from '../iam/statement.ts';

/** What an AWS service asks a resource's owner to let it do, in the name of something of some account. */
export interface ServiceRequest {
  /** `cloudwatch.amazonaws.com` */
  readonly service: string;
  readonly action: string;
  readonly resource: string;
  /** Global condition keys that the service sends (`aws:SourceArn`). */
  readonly context: IamContext;
}

/** The policy of a topic, a key, a queue or a function, as a template has it. */
export interface ResourcePolicy {
  readonly Statement: readonly Statement[];
}

/**
 * IAM's decision on a service's request by a resource's own policy, which alone decides on services: something
 * must allow it, and nothing deny it.
 * @throws Error for what is not evaluated here (`NotAction`, an unknown operator)
 */
export function letsService({ Statement }: ResourcePolicy, request: ServiceRequest): boolean {
  const applying = Statement.filter(
    (statement) => applies(statement, request) && isPrincipal(statement.Principal, request.service),
  );
  return (
    applying.some(({ Effect }) => Effect === 'Allow') && !applying.some(({ Effect }) => Effect === 'Deny')
  );
}

function isPrincipal(principal: Statement['Principal'], service: string): boolean {
  if (principal === undefined) return false;
  if (principal === '*') return true;
  return list(principal.AWS).includes('*') || list(principal.Service).includes(service);
}
