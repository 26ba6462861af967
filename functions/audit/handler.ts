import { AnchorReader, deployedAnchors } from '../../core/aws/audit-anchors.ts';
import { deployedTable } from '../../core/aws/document-client.ts';
import { deployedTablePolicy } from '../../core/aws/table-policy.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { AuditChainReader } from '../../core/store/audit-chain-reader.ts';
import { AuditStore } from '../../core/store/audit-store.ts';
import { RevisionStore } from '../../core/store/revision-store.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { auditOperations } from './audit-operations.ts';

const main = deployedTable();
const table = deployedTable(ENV.auditTable);

export const handler = managementHandler(auditOperations, {
  ...deployedDependencies(main),
  audit: new AuditStore(table),
  chains: new AuditChainReader(table),
  anchors: new AnchorReader(deployedAnchors()),
  revisions: new RevisionStore(main, table),
  lock: deployedTablePolicy(),
});
