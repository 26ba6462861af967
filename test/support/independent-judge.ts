import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Judgement } from '../../emulator/iam/function-roles.ts';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import type { Statement } from '../../emulator/iam/statement.ts';
import { readTemplates } from '../../emulator/template.ts';
import { LOCAL_SEALING_KEY } from '../../local/configuration.ts';

const TARGET = { region: 'eu-central-1', accountId: '000000000000' };

/** The policy of a key that an operator makes, which no template has: KMS gives it to a key that is made without one. */
const OPERATORS_KEY: readonly Statement[] = [
  {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${TARGET.accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  },
];

/**
 * What a policy evaluator that others wrote says of all that a server's functions asked of AWS, by the templates
 * in its data folder: a line for each call that either evaluator denies, and each that they disagree about.
 */
export async function iamFindings(dataDir: string): Promise<readonly string[]> {
  const judgements = await judgementsIn(dataDir);
  const { stacks } = readTemplates(join(dataDir, 'cloud-assembly'), TARGET);
  const policies = new IamPolicies(stacks.flatMap(({ resources }) => Object.values(resources)));
  const findings = judgements.map(async (judgement) => {
    const theirs = await judgedByOthers(policies, judgement);
    const ours = judgement.decision === 'allowed' ? 'Allowed' : 'denied';
    if (ours === 'Allowed' && theirs === 'Allowed') return [];
    const { action, resource, context } = judgement.request;
    const who = judgement.roleArn.split('/').at(-1);
    return [
      `${who}: ${action} on ${resource} with ${JSON.stringify(context)} is ${ours} here, ${theirs} by others`,
    ];
  });
  return (await Promise.all(findings)).flat();
}

/** What functions asked, one of each kind, and all that was denied. */
export async function judgementsIn(dataDir: string): Promise<readonly Judgement[]> {
  const text = await readFile(join(dataDir, 'logs', 'iam.log'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** `Allowed`, or why not. */
async function judgedByOthers(policies: IamPolicies, { roleArn, request }: Judgement): Promise<string> {
  const { action, resource, context = {} } = request;
  const on = resource.endsWith(`:key/${LOCAL_SEALING_KEY}`) ? OPERATORS_KEY : policies.statementsOn(resource);
  const result = await runSimulation(
    {
      request: {
        principal: roleArn,
        action,
        resource: { resource, accountId: TARGET.accountId },
        contextVariables: {
          'aws:SecureTransport': 'true',
          'aws:PrincipalArn': roleArn,
          ...known(context as Record<string, string | string[]>),
        },
      },
      identityPolicies: [{ name: 'role', policy: document(policies.statementsOf(roleArn)) }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(on.length > 0 && { resourcePolicy: document(on) }),
    },
    {},
  );
  if (result.resultType === 'error') return `an error (${JSON.stringify(result.errors)})`;
  return result.overallResult;
}

function document(Statement: readonly Statement[]) {
  return { Version: '2012-10-17', Statement: known(Statement) };
}

/**
 * Of keys that end in a name the evaluator knows those with a slash before it, and passes over those with a colon.
 * Policies and requests name both alike, so both are asked of it by a key of its kind.
 */
function known<Asked>(asked: Asked): Asked {
  return JSON.parse(
    JSON.stringify(asked).replaceAll('kms:EncryptionContext:', 'aws:PrincipalTag/EncryptionContext-'),
  );
}
