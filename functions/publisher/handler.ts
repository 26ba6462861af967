import { setTimeout as wait } from 'node:timers/promises';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { AnchorWriter, deployedAnchors } from '../../core/aws/audit-anchors.ts';
import { deployedTable } from '../../core/aws/document-client.ts';
import { required } from '../../core/aws/lambda-environment.ts';
import { deployedQueues } from '../../core/aws/queues.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { AuditLog } from '../../core/store/audit-log.ts';
import { ReceiptStore } from '../../core/store/receipt-store.ts';
import { SummaryStore } from '../../core/store/summary-store.ts';
import { publisherHandler } from './publisher-handler.ts';

const usage = deployedTable(ENV.usageTable);
const bridge = new EventBridgeClient({});
const bus = required(process.env, ENV.bus);
const now = () => new Date();

export const handler = publisherHandler({
  audit: new AuditLog({
    table: deployedTable(ENV.auditTable),
    retentionDays: Number(required(process.env, ENV.auditRetentionDays)),
    wasCopy: process.env[ENV.auditTableWasCopy] === 'true',
    now,
    random: Math.random,
    wait,
  }),
  bridge,
  bus,
  summaries: new SummaryStore(usage, now),
  receipts: new ReceiptStore(usage),
  aside: { sqs: deployedQueues(), queueUrl: required(process.env, ENV.setAsideQueue) },
  anchors: new AnchorWriter(deployedAnchors(), now),
  ...(process.env[ENV.anchorArchive] === 'true' && { anchorArchive: { bridge, bus } }),
});
