import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { documentClient } from '../../core/aws/document-client.ts';
import { required } from '../../core/aws/lambda-environment.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { AuditStore } from '../../core/store/audit-store.ts';
import { publisherHandler } from './publisher-handler.ts';

export const handler = publisherHandler({
  audit: new AuditStore({ client: documentClient(), name: required(process.env, ENV.auditTable) }),
  bridge: new EventBridgeClient({}),
  bus: required(process.env, ENV.bus),
});
