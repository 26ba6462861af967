import { setTimeout as wait } from 'node:timers/promises';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { deployedTable } from '../../core/aws/document-client.ts';
import { required } from '../../core/aws/lambda-environment.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { AuditLog } from '../../core/store/audit-log.ts';
import { publisherHandler } from './publisher-handler.ts';

export const handler = publisherHandler({
  audit: new AuditLog({
    table: deployedTable(ENV.auditTable),
    retentionDays: Number(required(process.env, ENV.auditRetentionDays)),
    now: () => new Date(),
    random: Math.random,
    wait,
  }),
  bridge: new EventBridgeClient({}),
  bus: required(process.env, ENV.bus),
});
