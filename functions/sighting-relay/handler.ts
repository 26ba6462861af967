import { deployedTable } from '../../core/aws/document-client.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { SightingStore } from '../../core/store/sighting-store.ts';
import { relayHandler } from './relay-handler.ts';

export const handler = relayHandler(new SightingStore(deployedTable(ENV.regionalTable), () => new Date()));
