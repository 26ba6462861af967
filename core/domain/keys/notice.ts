import type { Change } from '../audit/audit-event.ts';
import type { ApiKey } from './api-key.ts';

/** What a sweep does with a key: an event and the next reminder in one change, or the next reminder alone. */
export type Notice = { readonly change: Change<ApiKey> } | { readonly remind: ApiKey };
