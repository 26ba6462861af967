import { auditTablePolicy, publisherRoleName } from '../core/contract/audit-policy.ts';
import { RESOURCE } from '../core/contract/deployment.ts';
import type { AskAws, PreflightResult } from './ask-aws.ts';
import type { KeywrightConfig } from './config.ts';
import type { MovedConfig } from './config-parts.ts';

interface TableThere {
  readonly TableStatus?: string;
  readonly LatestStreamArn?: string;
  readonly TableArn?: string;
  readonly MultiRegionConsistency?: string;
  readonly SSEDescription?: { readonly KMSMasterKeyArn?: string };
}

/** What a Region that takes the control plane over must have of the one before: a stack there declares none of it. */
export async function moveReadiness(config: KeywrightConfig, ask: AskAws): Promise<PreflightResult[]> {
  const { moved, regions, sealingKey } = config;
  if (moved === null || regions === null) return [];
  const [region] = regions;
  const wrong = [
    ...(await pepperIn(moved, region, ask)),
    ...(await mainTableIn(config, moved, ask)),
    ...(await auditTableIn(config, moved, { region, ask })),
    ...(await regionalTableIn(region, ask)),
    ...(await sealingKeyIn(sealingKey, region, ask)),
  ];
  return wrong.map((text) => ({ stops: true, text })).concat(sealingKey === null ? [UNSEALED] : []);
}

const UNSEALED: PreflightResult = {
  stops: false,
  text:
    'keywright.sealingKey is not set: keys that people can be shown were sealed by a key of the Region before, and open ' +
    'to nobody here. They go on working; a subscription gets new ones by regenerating them.',
};

async function pepperIn({ pepperArn, keyArn }: MovedConfig, region: string, ask: AskAws): Promise<string[]> {
  const secret = (await there(ask('secretsmanager', 'describe-secret', '--secret-id', pepperArn))) as
    | { PrimaryRegion?: string; KmsKeyId?: string; DeletedDate?: unknown }
    | undefined;
  if (secret === undefined || secret.DeletedDate !== undefined)
    return [
      `keywright.moved.pepperArn is ${pepperArn}, which is not there. Without its pepper every key is refused.`,
    ];
  const { PrimaryRegion: primary = region, KmsKeyId = '' } = secret;
  const stop = `aws secretsmanager stop-replication-to-replica --region ${region} --secret-id ${RESOURCE.pepperSecret}`;
  return [
    ...(primary === region
      ? []
      : [
          `The pepper in ${region} is a copy of the one in ${primary} and can't be rotated here. Run: ${stop}`,
        ]),
    ...(KmsKeyId !== '' && keyArn.endsWith(KmsKeyId)
      ? []
      : [
          `The pepper in ${region} is encrypted with ${KmsKeyId || 'AWS’s own key'}; expected ${keyArn}, keywright.moved.keyArn.`,
        ]),
  ];
}

async function mainTableIn(
  { region, consistency }: KeywrightConfig,
  moved: MovedConfig,
  ask: AskAws,
): Promise<string[]> {
  const table = await tableNamed(RESOURCE.table, ask);
  if (table === undefined)
    return [`The table ${RESOURCE.table} has no copy in ${region}; it can't take over.`];
  const found = table.MultiRegionConsistency === 'STRONG' ? 'strong' : 'eventual';
  const stream = table.LatestStreamArn;
  return [
    ...keyOf(RESOURCE.table, table, moved),
    ...(found === consistency
      ? []
      : [
          `keywright.consistency is "${consistency}", and the table ${RESOURCE.table} is "${found}"; set it to that.`,
        ]),
    ...(stream === moved.streamArn
      ? []
      : [
          `keywright.moved.streamArn is ${moved.streamArn}; expected ${stream ?? 'a stream, which the copy does not have'}: ` +
            'from another the publisher hears of nothing.',
        ]),
  ];
}

async function auditTableIn(
  { auditRetentionDays }: KeywrightConfig,
  moved: MovedConfig,
  { region, ask }: { readonly region: string; readonly ask: AskAws },
): Promise<string[]> {
  const table = await tableNamed(RESOURCE.auditTable, ask);
  if (table === undefined)
    return [`The table ${RESOURCE.auditTable} has no copy in ${region}; it can't take over.`];
  const policy = (await there(
    ask('dynamodb', 'get-resource-policy', '--resource-arn', String(table.TableArn)),
  )) as { Policy?: string } | undefined;
  const seal = () => {
    const [, partition = '', , , accountId = ''] = String(table.TableArn).split(':');
    const place = {
      partition,
      region,
      accountId,
      tableName: RESOURCE.auditTable,
      recordsEnd: auditRetentionDays > 0,
    };
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: auditTablePolicy(place) });
    return `aws dynamodb put-resource-policy --region ${region} --resource-arn ${table.TableArn} --policy '${policy}'`;
  };
  return [
    ...keyOf(RESOURCE.auditTable, table, moved),
    ...(policy?.Policy?.includes(publisherRoleName(region))
      ? []
      : [
          `The copy of ${RESOURCE.auditTable} in ${region} is not sealed: whoever may write tables can change a record. ` +
            `Run: ${seal()}`,
        ]),
  ];
}

async function regionalTableIn(region: string, ask: AskAws): Promise<string[]> {
  if ((await tableNamed(RESOURCE.regionalTable, ask)) !== undefined) return [];
  return [
    `${region} has no table ${RESOURCE.regionalTable}: it had no request plane, KeywrightRegion-${region}.`,
  ];
}

async function sealingKeyIn(key: string | null, region: string, ask: AskAws): Promise<string[]> {
  if (key === null) return [];
  const found = (await there(ask('kms', 'describe-key', '--key-id', key))) as
    | { KeyMetadata?: { Enabled?: boolean } }
    | undefined;
  if (found?.KeyMetadata?.Enabled === true) return [];
  return [`keywright.sealingKey is ${key}, of which ${region} has no replica that is enabled.`];
}

function keyOf(name: string, { TableStatus, SSEDescription }: TableThere, { keyArn }: MovedConfig): string[] {
  const key = SSEDescription?.KMSMasterKeyArn;
  return [
    ...(TableStatus === 'ACTIVE' ? [] : [`The copy of ${name} is ${TableStatus}; wait until it is ACTIVE.`]),
    ...(key === keyArn
      ? []
      : [
          `The copy of ${name} is encrypted with ${key ?? 'AWS’s own key'}; expected ${keyArn}, keywright.moved.keyArn.`,
        ]),
  ];
}

async function tableNamed(name: string, ask: AskAws): Promise<TableThere | undefined> {
  const found = await there(ask('dynamodb', 'describe-table', '--table-name', name));
  return (found as { Table?: TableThere } | undefined)?.Table;
}

/** undefined for what AWS does not find. */
async function there(asked: Promise<unknown>): Promise<unknown> {
  try {
    return await asked;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message?: string };
    if (/NotFound/.test(`${stderr}${message}`)) return undefined;
    throw error;
  }
}
