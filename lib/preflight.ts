import type { KeywrightConfig } from './config.ts';

/** Asks AWS, as `aws <service> <operation> --output json` does. */
export type AskAws = (service: string, operation: string) => Promise<unknown>;

/** Something to know before a deployment; `stops` where it would fail or harm. */
export interface PreflightResult {
  readonly stops: boolean;
  readonly text: string;
}

/** What Lambda wants left for functions that have none of their own («PutFunctionConcurrency»). */
const LEFT_FOR_OTHERS = 100;
/** A control plane, some authorizers and the backend beside them; what established accounts have is 1,000. */
const ENOUGH = 100;

/**
 * Looks at what no template can say: how many executions the account's Region has at once, which are 10 in many new
 * accounts, and the role that API Gateway logs by.
 */
export async function preflight(config: KeywrightConfig, ask: AskAws): Promise<PreflightResult[]> {
  const { demo, demoLogRole, reservedConcurrency } = config;
  const { AccountLimit = {} } = (await ask('lambda', 'get-account-settings')) as {
    AccountLimit?: { ConcurrentExecutions?: number; UnreservedConcurrentExecutions?: number };
  };
  const { ConcurrentExecutions: all = 0, UnreservedConcurrentExecutions: free = 0 } = AccountLimit;
  const reserved = Object.values(reservedConcurrency).reduce<number>((sum, some) => sum + (some ?? 0), 0);
  const results: PreflightResult[] = [];
  if (all < ENOUGH) {
    results.push({
      stops: false,
      text:
        `Lambda runs ${all} executions at once in this Region; expected ${ENOUGH} or more. Callers of protected APIs ` +
        'get 503 when they are used up. Ask for more: Service Quotas, AWS Lambda, Concurrent executions.',
    });
  }
  if (reserved > 0 && free - reserved < LEFT_FOR_OTHERS) {
    results.push({
      stops: true,
      text:
        `keywright.reservedConcurrency keeps ${reserved} of ${free} executions that are free; Lambda refuses to leave ` +
        `less than ${LEFT_FOR_OTHERS}. Keep at most ${Math.max(0, free - LEFT_FOR_OTHERS)}, or ask for more.`,
    });
  }
  if (demo) results.push(...(await logRole(demoLogRole, ask)));
  return results;
}

async function logRole(sets: boolean, ask: AskAws): Promise<PreflightResult[]> {
  const { cloudwatchRoleArn: role } = (await ask('apigateway', 'get-account')) as {
    cloudwatchRoleArn?: string;
  };
  if (sets && role !== undefined) {
    return [
      {
        stops: false,
        text:
          `REST APIs of this Region log by ${role}; KeywrightDemo would put its own in its place, for all of them. ` +
          'Set keywright.demoLogRole to false to leave it.',
      },
    ];
  }
  if (sets || role !== undefined) return [];
  return [
    {
      stops: true,
      text:
        'keywright.demoLogRole is false and no role is set that REST APIs of this Region log by, without which ' +
        'KeywrightDemo can’t be deployed. Set one («Set up CloudWatch logging for REST APIs»), or leave the field out.',
    },
  ];
}
