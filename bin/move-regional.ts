import { deployedTable } from '../core/aws/document-client.ts';
import { ENV, RESOURCE } from '../core/contract/deployment.ts';
import { moveToRegional } from '../core/store/regional-move.ts';

/** Brings what requests wrote into the regional table, with the credentials and in the Region of whoever calls. */
process.env[ENV.table] ??= RESOURCE.table;
process.env[ENV.regionalTable] ??= RESOURCE.regionalTable;
const main = deployedTable();
const { networks, limits } = await moveToRegional({
  main,
  regional: deployedTable(ENV.regionalTable),
  region: String(await main.client.config.region()),
  now: () => new Date(),
});
console.log(
  `${networks} networks and the limits of ${limits} credentials were brought into ${RESOURCE.regionalTable}.`,
);
