import { Fn } from 'aws-cdk-lib';
import { EXPORTS } from './store.ts';

/** Where the management API is, as KeywrightControl's outputs have it. */
export interface ManagementApiReference {
  /** Output `ManagementUrl`, without `/v1`. */
  readonly managementUrl: string;
  /** Output `ManagementApiId`. */
  readonly managementApiId: string;
}

/** That of the Keywright deployed in this account and Region. */
export function deployedManagement(): ManagementApiReference {
  return {
    managementUrl: Fn.importValue(EXPORTS.managementUrl),
    managementApiId: Fn.importValue(EXPORTS.managementApiId),
  };
}
