import type { KeyUpkeep } from '../access/ports.ts';
import type { RandomBytes } from '../domain/ground/base62.ts';
import type { AwsCall } from './aws-call.ts';

/**
 * Asks the function key-upkeep, by an event. A key's text travels sealed under the pepper: Lambda keeps an
 * event for as long as it waits, and an operator may have it kept for longer when it fails.
 * @param invoke hands an event to that function
 */
export function upkeepByEvent(invoke: AwsCall, randomBytes: RandomBytes): KeyUpkeep {
  return {
    async ask({ credentialId, text, pepper }) {
      await invoke('Invoke', { credentialId, ...pepper.seal(text, credentialId, randomBytes) });
    },
  };
}
