import { type AuditPolicyPlace, auditTablePolicy } from '../contract/audit-policy.ts';
import { ENV } from '../contract/deployment.ts';
import { checkLock, type LockReading } from '../domain/audit/table-lock.ts';
import { type AwsCall, AwsError } from './aws-call.ts';
import { endpointOf, lambdaCredentials, required } from './lambda-environment.ts';
import { signedClient } from './signed-client.ts';

const PATIENCE = { attemptMilliseconds: 2_000, deadlineMilliseconds: 5_000 };

/** Reads the policy that the audit table has now, and holds it against the one that it was deployed with. */
export class TablePolicyReader {
  readonly #dynamodb: AwsCall;
  readonly #tableArn: string;
  readonly #recordsEnd: boolean;

  constructor(dynamodb: AwsCall, table: { readonly arn: string; readonly recordsEnd: boolean }) {
    this.#dynamodb = dynamodb;
    this.#tableArn = table.arn;
    this.#recordsEnd = table.recordsEnd;
  }

  /** That it can't be read is an outcome: who verifies must hear of it, and of everything else too. */
  async read(): Promise<LockReading> {
    try {
      const { Policy } = await this.#dynamodb('GetResourcePolicy', { ResourceArn: this.#tableArn });
      return checkLock(auditTablePolicy(this.#place()), String(Policy));
    } catch (error) {
      if (error instanceof AwsError && error.name === 'PolicyNotFoundException')
        return { state: 'missing', differences: ['the audit table has no policy: anybody may change it'] };
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { state: 'unreadable', differences: [`the policy could not be read: ${reason}`] };
    }
  }

  #place(): AuditPolicyPlace {
    const [, partition = '', , region = '', accountId = '', table = ''] = this.#tableArn.split(':');
    return {
      partition,
      region,
      accountId,
      tableName: table.slice(table.indexOf('/') + 1),
      recordsEnd: this.#recordsEnd,
    };
  }
}

/** The reader of the table that a deployed function is told of. */
export function deployedTablePolicy(): TablePolicyReader {
  const dynamodb = signedClient({
    service: 'dynamodb',
    region: required(process.env, 'AWS_REGION'),
    endpoint: endpointOf(process.env, 'DYNAMODB'),
    credentials: () => lambdaCredentials(process.env),
    ...PATIENCE,
    now: Date.now,
    random: Math.random,
  });
  return new TablePolicyReader(dynamodb, {
    arn: required(process.env, ENV.auditTableArn),
    recordsEnd: required(process.env, ENV.auditRetentionDays) !== '0',
  });
}
