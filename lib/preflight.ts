import { RESOURCE } from '../core/contract/deployment.ts';
import type { AskAws, PreflightResult } from './ask-aws.ts';
import type { KeywrightConfig } from './config.ts';
import { moveReadiness } from './preflight-move.ts';

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
  results.push(...(await moveReadiness(config, ask)));
  // After a move no stack declares the tables, so nothing would change them.
  if (config.regions !== null && config.moved === null) results.push(...(await consistencyOf(config, ask)));
  return results;
}

/** DynamoDB makes a table strongly consistent while it is empty, in all Regions at once, and for good. */
async function consistencyOf(
  { consistency, regions, witness }: KeywrightConfig,
  ask: AskAws,
): Promise<PreflightResult[]> {
  const table = await tableThere(ask);
  if (table === undefined) return [];
  const isStrong = table.MultiRegionConsistency === 'STRONG';
  const stop = (text: string) => [{ stops: true, text }];
  if (isStrong !== (consistency === 'strong')) {
    return stop(
      `keywright.consistency is "${consistency}", and the table ${RESOURCE.table} of this account is ` +
        `${isStrong ? 'strongly' : 'eventually'} consistent; DynamoDB changes that of no table. ` +
        `Set it to "${isStrong ? 'strong' : 'eventual'}"; the other is for a deployment in an account without that table.`,
    );
  }
  if (!isStrong) return [];
  const [main, ...others] = regions ?? [];
  const asked = [...others.map(({ region }) => region), ...(witness === null ? [] : [witness])].sort();
  const { Replicas = [], GlobalTableWitnesses = [] } = table;
  // Whether the Region that is asked is among its replicas is not documented.
  const there = [...Replicas, ...GlobalTableWitnesses]
    .map(({ RegionName }) => RegionName)
    .filter((each) => each !== main)
    .sort();
  if (asked.join() === there.join()) return [];
  return stop(
    `keywright.regions and witness name ${asked.join(', ')} beside ${main}, and the table ${RESOURCE.table} is in ` +
      `${there.join(', ') || 'no other Region'}; the Regions of a strongly consistent table stay what they were when it was made.`,
  );
}

interface TableThere {
  readonly MultiRegionConsistency?: string;
  readonly Replicas?: readonly { readonly RegionName: string }[];
  readonly GlobalTableWitnesses?: readonly { readonly RegionName: string }[];
}

async function tableThere(ask: AskAws): Promise<TableThere | undefined> {
  try {
    const options = ['--table-name', RESOURCE.table];
    return ((await ask('dynamodb', 'describe-table', ...options)) as { Table?: TableThere }).Table;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message?: string };
    if (`${stderr}${message}`.includes('ResourceNotFoundException')) return undefined;
    throw error;
  }
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
