import { createHash } from 'node:crypto';
import type { TableProperties } from './dynamodb-table.ts';
import { AwsError, type Input, requiredString } from './protocol.ts';

/** Hears of a call as CloudTrail does: name and parameters. */
export type OnManagementCall = (eventName: string, requestParameters: Input) => void;

/**
 * The resource policies of tables, from a start until the next one, which sets those of the templates again.
 * They are kept and told; the one caller here is nobody whom they name.
 */
export class TablePolicies {
  readonly #policies = new Map<string, string>();
  readonly #onCall: OnManagementCall;

  readonly #operations: Record<string, (input: Input) => object> = {
    GetResourcePolicy: (input) => this.#get(requiredString(input, 'ResourceArn')),
    PutResourcePolicy: (input) => this.#put(input),
    DeleteResourcePolicy: (input) => this.#delete(input),
  };

  constructor(onCall: OnManagementCall) {
    this.#onCall = onCall;
  }

  /** The policy that a template gives a table. */
  declare({ TableName, ResourcePolicy, Replicas = [] }: TableProperties): void {
    const policy = ResourcePolicy ?? Replicas[0]?.ResourcePolicy;
    if (policy === undefined) this.#policies.delete(TableName);
    else this.#policies.set(TableName, JSON.stringify(policy.PolicyDocument));
  }

  /** What one of these operations answers; undefined for others. */
  handle(operation: string, input: Input): object | undefined {
    return Object.hasOwn(this.#operations, operation) ? this.#operations[operation]?.(input) : undefined;
  }

  #get(arn: string): object {
    const Policy = this.#policies.get(tableIn(arn));
    if (Policy === undefined)
      throw new AwsError(
        'com.amazonaws.dynamodb.v20120810#PolicyNotFoundException',
        `Resource-based policy not found for the provided ResourceArn: ${arn}`,
      );
    return { Policy, RevisionId: revisionOf(Policy) };
  }

  #put(input: Input): object {
    const arn = requiredString(input, 'ResourceArn');
    const policy = requiredString(input, 'Policy');
    this.#checkRevision(arn, input);
    this.#policies.set(tableIn(arn), policy);
    this.#onCall('PutResourcePolicy', input);
    return { RevisionId: revisionOf(policy) };
  }

  #delete(input: Input): object {
    const arn = requiredString(input, 'ResourceArn');
    this.#checkRevision(arn, input);
    this.#policies.delete(tableIn(arn));
    this.#onCall('DeleteResourcePolicy', input);
    return {};
  }

  #checkRevision(arn: string, { ExpectedRevisionId: expected }: Input): void {
    const policy = this.#policies.get(tableIn(arn));
    if (expected === undefined || (policy !== undefined && revisionOf(policy) === expected)) return;
    throw new AwsError(
      'com.amazonaws.dynamodb.v20120810#PolicyNotFoundException',
      'The policy has another revision than the one that is expected',
    );
  }
}

function tableIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function revisionOf(policy: string): string {
  return createHash('sha256').update(policy).digest('hex').slice(0, 16);
}
