import { Logger } from '@aws-lambda-powertools/logger';

/** For tests that don't ask what is logged. */
export const silentLogger = new Logger({ logLevel: 'SILENT' });
