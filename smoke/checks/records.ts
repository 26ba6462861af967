import { RESOURCE } from '../../core/contract/deployment.ts';
import { judged } from '../finding.ts';
import { callApi, isAdmitted, titleOf } from '../protected-api.ts';
import { endKey, eventually, makeKey, SMOKE_TENANT, type World } from '../world.ts';

/** Events are in the log within seconds; retries of the publisher may take some more. */
const AUDIT_SECONDS = 60;
/** CloudWatch Logs delivers within a minute or so, and files of `usageFiles` come within five and that. */
const USAGE_SECONDS = 480;
const CALLS = 3;

interface Part {
  readonly checked: number;
  readonly tampering: readonly { message: string }[];
  readonly missing: readonly { message: string }[];
  readonly underWay: readonly unknown[];
  readonly unproven: number | null;
  readonly anchors: { readonly state: string; readonly count: number };
  readonly lock: { readonly state: string; readonly differences: readonly string[] } | null;
  readonly nextCursor: string | null;
}

/** Whether what was done is in the audit log, and the log is whole, signed and locked. */
export async function auditLog(world: World): Promise<void> {
  const { management, tell } = world;
  const { keyId } = await makeKey(world, 'sandbox');
  await endKey(management, keyId);
  const query = `/audit?tenantId=${SMOKE_TENANT}&subject=${keyId}`;
  const types = async () =>
    (await management.do<{ items: { type: string }[] }>('GET', query)).items.map(({ type }) => type);
  const isTold = await eventually(world, AUDIT_SECONDS, async () => {
    const told = await types();
    return told.includes('apiKey.created') && told.includes('apiKey.revoked');
  });
  tell(
    judged({
      chapter: 'records',
      promise: `a key’s creation and revocation are in the audit log within ${AUDIT_SECONDS} seconds`,
      isKept: isTold,
      advice:
        'No event reaches the audit log: look at the publisher’s log, its IteratorAge and the alarm DeadLetters (docs/operate/runbook.md).',
    }),
  );

  let parts: Part[] = [];
  const isWhole = await eventually(world, AUDIT_SECONDS, async () => {
    parts = await verified(world);
    return parts.every(({ missing, underWay }) => missing.length + underWay.length === 0);
  });
  const wrong = parts.flatMap(({ tampering, missing }) => [...tampering, ...missing]);
  tell(
    judged({
      chapter: 'records',
      promise: 'the audit log is as it was written, and lacks no change',
      isKept: isWhole && wrong.length === 0,
      seen: wrong[0]?.message ?? `${parts.reduce((sum, { checked }) => sum + checked, 0)} records`,
      advice: 'Read docs/operate/audit.md on what verification found, before anything else is changed.',
    }),
  );
  tellAnchorsAndLock(world, parts);
}

function tellAnchorsAndLock({ tell }: World, parts: readonly Part[]): void {
  const { anchors, lock } = parts[0] ?? {};
  const heads = judged({
    chapter: 'records',
    promise: 'signed heads of the audit log can be read',
    isKept: anchors?.state === 'read' && anchors.count > 0,
    seen: `${anchors?.count ?? 0} heads, ${anchors?.state ?? 'not told'}`,
    advice: `Look at the alarm AuditAnchorsFailed, and whether the log group ${RESOURCE.auditAnchors} is there (docs/operate/audit.md).`,
  });
  tell(heads);
  const policy = judged({
    chapter: 'records',
    promise: 'the audit table’s own policy, as it is live, is the one that was deployed',
    isKept: lock?.state === 'intact',
    seen: lock?.differences[0] ?? lock?.state ?? 'not told',
    advice:
      lock?.state === 'unreadable'
        ? 'The function of the audit log may not read the table’s policy; look for a refusal by your organization (SCP, permissions boundary), and deploy KeywrightControl again.'
        : 'Put the audit table’s policy back by deploying KeywrightData, and find out who changed it: the messages of docs/operate/audit.md, «The lock», and CloudTrail.',
  });
  tell(lock?.state === 'unreadable' ? { ...policy, verdict: 'unclear' } : policy);
}

async function verified({ management }: World): Promise<Part[]> {
  const parts: Part[] = [];
  let cursor: string | null = null;
  do {
    const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const part: Part = await management.do(
      'GET',
      `/audit/verify?tenantId=${SMOKE_TENANT}&complete=true${at}`,
    );
    parts.push(part);
    cursor = part.nextCursor;
  } while (cursor !== null);
  return parts;
}

/**
 * Whether requests are counted. The counts are transactions under `dynamodb:LeadingKeys`, of which AWS doesn't say
 * whether IAM holds each action's key against it, or all of them.
 */
export async function usage(world: World): Promise<void> {
  const { management, tell, apis, signal } = world;
  const promise =
    'requests are counted: IAM lets usage write its transactions, whose keys a condition bounds';
  const api = apis.find(({ scheme, kind }) => scheme === 'tenant' && (kind === 'rest' || kind === 'http'));
  if (api === undefined) {
    const advice = 'Name a REST or HTTP API by --api to have its requests counted.';
    tell({ chapter: 'open questions', promise, verdict: 'not asked', advice });
    return;
  }
  const { keyId, secret } = await makeKey(world, api.environment);
  let admitted = 0;
  for (let i = 0; i < CALLS; i++) {
    admitted += Number(isAdmitted(await callApi(api, { key: secret, tenantId: SMOKE_TENANT }, { signal })));
  }
  let counted = 0;
  const path = `/usage?tenantId=${SMOKE_TENANT}&keyId=${keyId}&groupBy=hour`;
  await eventually(world, USAGE_SECONDS, async () => {
    const { groups } = await management.do<{ groups: { requests: number }[] }>('GET', path);
    counted = groups.reduce((sum, { requests }) => sum + requests, 0);
    return counted >= admitted;
  });
  const waiting = await deadLetters(world);
  const isCounted = counted === admitted && !waiting;
  tell(
    judged({
      chapter: 'open questions',
      promise,
      isKept: isCounted,
      seen: `${counted} of ${admitted} calls of ${titleOf(api)}`,
      advice: `Requests of ${titleOf(api)} are not counted. With AccessDenied on TransactWriteItems in the usage consumer’s log, take the condition dynamodb:LeadingKeys from its grant (lib/constructs/usage.ts); without any line there, look whether the API’s stage logs, in one of the formats of lib/constructs/access-log.ts, and has a UsageSubscription.`,
    }),
  );
}

async function deadLetters({ aws }: World): Promise<boolean> {
  if (aws === undefined) return false;
  const { QueueUrl } = await aws.ask<{ QueueUrl: string }>(
    'sqs',
    'get-queue-url',
    '--queue-name',
    RESOURCE.usageDeadLetters,
  );
  const { Attributes } = await aws.ask<{ Attributes?: { ApproximateNumberOfMessages?: string } }>(
    ...[
      'sqs',
      'get-queue-attributes',
      '--queue-url',
      QueueUrl,
      '--attribute-names',
      'ApproximateNumberOfMessages',
    ],
  );
  return Attributes?.ApproximateNumberOfMessages !== '0';
}
