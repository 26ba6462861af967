import { publisherRoleName } from '../core/contract/audit-policy.ts';
import { RESOURCE } from '../core/contract/deployment.ts';
import type { AskAws } from './ask-aws.ts';

/** Every call that writes an item; a transaction is made of these. */
const WRITES = [
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'PartiQLInsert',
  'PartiQLUpdate',
  'PartiQLDelete',
].map((action) => `dynamodb:${action}`);

const TABLES = [RESOURCE.table, RESOURCE.auditTable, RESOURCE.regionalTable, RESOURCE.usageTable];

/** IAM's own control plane for the partition `aws`. */
const REGION_OF_IAM = 'us-east-1';

/** What became of a role. */
export interface Fenced {
  readonly role: string;
  readonly state: 'done' | 'was so' | 'failed';
  readonly why?: string;
}

interface Role {
  readonly RoleName: string;
  readonly Arn: string;
}

/** Why a Region can't be fenced; undefined where it can. */
export function unfenceable(region: string): string | undefined {
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    return `${JSON.stringify(region)} is no Region; expected one such as eu-central-1.`;
  if (region !== REGION_OF_IAM) return undefined;
  return `IAM is changed in ${REGION_OF_IAM}: while that Region is lost no role can be, and so nothing is moved safely. Wait.`;
}

/**
 * Denies the control plane of a Region that was lost every write of its tables, whenever it comes back, or takes that
 * back. The denial names the Region, so it does not touch what roles of these names do elsewhere. It may be cut off
 * and run again; a role that could not be changed does not keep it from the others.
 */
export async function* fence(region: string, ask: AskAws, lift = false): AsyncGenerator<Fenced> {
  const { Roles = [] } = (await ask('iam', 'list-roles')) as { Roles?: readonly Role[] };
  for (const role of Roles.filter(({ RoleName }) => isFenced(RoleName, region))) {
    try {
      yield { role: role.RoleName, state: await (lift ? allowAgain : deny)(role, region, ask) };
    } catch (error) {
      const { stderr, message } = error as { stderr?: string; message: string };
      yield { role: role.RoleName, state: 'failed', why: (stderr || message).trim() };
    }
  }
}

/** Roles of the control plane's stack, which CloudFormation names, and the one with a name of its own. */
export function isFenced(roleName: string, region: string): boolean {
  return roleName.startsWith('KeywrightControl-') || roleName === publisherRoleName(region);
}

export function fencePolicy(region: string, roleArn: string): object {
  const [, partition, , , accountId] = roleArn.split(':');
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TheControlPlaneWasMoved',
        Effect: 'Deny',
        Action: WRITES,
        Resource: TABLES.map((name) => `arn:${partition}:dynamodb:${region}:${accountId}:table/${name}`),
      },
    ],
  };
}

const nameOf = (region: string) => `keywright-fence-${region}`;
const named = ({ RoleName }: Role, region: string) => [
  ...['--role-name', RoleName],
  ...['--policy-name', nameOf(region)],
];

async function deny(role: Role, region: string, ask: AskAws): Promise<Fenced['state']> {
  const wanted = JSON.stringify(fencePolicy(region, role.Arn));
  if (JSON.stringify(await policyOf(role, region, ask)) === wanted) return 'was so';
  await ask('iam', 'put-role-policy', ...named(role, region), '--policy-document', wanted);
  return 'done';
}

async function allowAgain(role: Role, region: string, ask: AskAws): Promise<Fenced['state']> {
  if ((await policyOf(role, region, ask)) === undefined) return 'was so';
  await ask('iam', 'delete-role-policy', ...named(role, region));
  return 'done';
}

async function policyOf(role: Role, region: string, ask: AskAws): Promise<unknown> {
  try {
    const answer = await ask('iam', 'get-role-policy', ...named(role, region));
    return (answer as { PolicyDocument?: unknown }).PolicyDocument;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message?: string };
    if (`${stderr}${message}`.includes('NoSuchEntity')) return undefined;
    throw error;
  }
}
