import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { RESOURCE } from '../../core/contract/deployment.ts';
import type { KeywrightConfig } from '../config.ts';
import { KeywrightFunction } from './function.ts';
import { allowKeyUpkeep } from './request-permissions.ts';
import type { Store } from './store.ts';

interface KeyUpkeepProps {
  readonly config: Pick<KeywrightConfig, 'logRetentionDays'>;
  readonly store: Store;
}

/**
 * Renews what is stored of keys as they are used: the one function beside the management API that may write
 * credentials. Whoever decides on requests hands it an event and goes on. One that fails isn't tried again,
 * nor kept anywhere: who asked asks again, a minute later, when the key is next used.
 */
export class KeyUpkeep extends Construct {
  readonly function: KeywrightFunction;

  constructor(scope: Construct, id: string, { config, store }: KeyUpkeepProps) {
    super(scope, id);
    this.function = new KeywrightFunction(this, 'Function', {
      name: 'key-upkeep',
      functionName: RESOURCE.keyUpkeep,
      description: 'Keywright: renews digests of keys as they are used',
      memoryMiB: 512,
      timeoutSeconds: 15,
      logRetentionDays: config.logRetentionDays,
      tracing: true,
    });
    allowKeyUpkeep(this.function, store);
    this.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  }
}
