import { deployedTable } from '../core/aws/document-client.ts';
import { ENV, RESOURCE } from '../core/contract/deployment.ts';
import { rebuildSummaries } from '../core/store/summary-rebuild.ts';
import { SummaryStore } from '../core/store/summary-store.ts';

/** Counts all summaries anew, with the credentials and in the Region of whoever calls. */
process.env[ENV.table] ??= RESOURCE.table;
process.env[ENV.usageTable] ??= RESOURCE.usageTable;
const summaries = new SummaryStore(deployedTable(ENV.usageTable), () => new Date());
const tenants = await rebuildSummaries(deployedTable(), summaries);
console.log(`The summaries of ${tenants} tenants, and that of all together, were counted anew.`);
