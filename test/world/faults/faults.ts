import type { Fault } from './fault.ts';

/** Faults that were mended, each to be put back and found again: `npm run bench -- world --faults`. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'greedy leases',
    what: 'an instance leases all that a limit has left, and what it does not spend is lost to the others',
    shows: ['refused below a limit'],
    changes: [
      {
        file: 'core/access/allowance.ts',
        is: 'return Math.max(0, Math.floor(Math.min(expected, affordable, (this.#left - need) * OF_LEFT)));',
        was: 'return Math.max(0, Math.floor(Math.max(expected, affordable, this.#left - need)));',
      },
    ],
  },
  {
    name: 'a chain that begins again',
    what: 'links of the audit chain go with their records, and after a quiet time the chain begins at 1',
    shows: ['an audit chain has a gap or begins again'],
    changes: [
      {
        file: 'core/store/audit-item.ts',
        is: 'return { ...itemKey.auditLink(tenantId, seq), ...link };',
        was: 'return { ...itemKey.auditLink(tenantId, seq), ...(link.expires !== null && { [TTL_ATTRIBUTE]: link.expires }), ...link };',
      },
    ],
  },
  {
    name: 'repeats decided anew',
    what: 'a request with an Idempotency-Key is decided before it is looked up',
    shows: ['a repeat is decided anew'],
    changes: [
      {
        file: 'functions/keys/create-key.ts',
        is: 'const made = idempotency && (await keys.made(keyId, idempotency));',
        was: 'const made = undefined as Awaited<ReturnType<typeof keys.made>>;',
      },
    ],
  },
];
