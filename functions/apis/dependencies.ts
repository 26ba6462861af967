import type { Pepper } from '../../core/domain/pepper.ts';
import type { ShowableKeys } from '../../core/domain/showable-key.ts';
import type { Surroundings } from '../../core/http/management-handler.ts';
import type { ApiStore } from '../../core/store/api-store.ts';

/** What operations on protected APIs need. */
export interface ApiDependencies extends Surroundings {
  readonly apis: ApiStore;
  readonly clientKeys: ShowableKeys;
  readonly pepper: (versions?: readonly string[]) => Promise<Pepper>;
}
