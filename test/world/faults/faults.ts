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
  {
    name: 'a seen refusal is unseen',
    what: 'what is decided on a credential or tenant stands whatever was read of it since',
    shows: [
      'a credential that was seen refused is admitted',
      'a permission that was seen refused is admitted',
      'a tenant that was seen refused is admitted',
    ],
    changes: [
      {
        file: 'core/access/known-records.ts',
        is: 'const stands = grounds.facts.every(({ version }) => version <= grounds.stoodAt);',
        was: 'const stands = grounds.facts.length >= 0;',
      },
    ],
  },
  {
    name: 'ages by the wall clock',
    what: 'a clock that is set back makes readings young again, and keeps circuits open',
    shows: [
      'admitted in spite of the credential',
      'admitted in spite of the tenant',
      'admitted in spite of the permission',
      'no answer though everything answers',
    ],
    changes: [
      {
        file: 'core/access/clock.ts',
        is: '  return () => {\n    const wall = now();',
        was: '  if (monotonic !== undefined) return now;\n  return () => {\n    const wall = now();',
      },
    ],
  },
  {
    name: 'an unknown pepper is a wrong secret',
    what: 'a digest under a version of the pepper that an instance lacks is taken for a refusal',
    shows: ['a good key is refused: wrong_secret'],
    changes: [
      {
        file: 'core/access/key-reader.ts',
        is: 'if (lacks !== undefined) return { lacks };',
        was: '',
      },
    ],
  },
  {
    name: 'a dropped record that nobody misses',
    what: 'items are not compared with the audit log',
    shows: ['a dropped record is missed by nobody'],
    changes: [
      {
        file: 'functions/audit-gaps/find-gaps.ts',
        is: 'if (item.eventsFrom === undefined) return;',
        was: 'if (item.eventsFrom !== 0) return;',
      },
    ],
  },
  {
    name: 'a bad record that holds its lane',
    what: 'an event that the bus will never take is tried until its time is over',
    shows: ['a bad record holds back others'],
    changes: [{ file: 'functions/publisher/publish-events.ts', is: "  'MalformedDetail',\n", was: '' }],
  },
  {
    name: 'imports that take over what is being made',
    what: 'an alias that leads nowhere yet is taken over without barring its credential',
    shows: [
      'two imports of one text say that it is created',
      'a good key is refused: unknown_key',
      'a good key is refused: wrong_secret',
    ],
    changes: [
      {
        file: 'core/store/alias-store.ts',
        is: 'const place = itemKey.credential(credentialId);',
        was: "if (credentialId !== '') return true;\n    const place = itemKey.credential(credentialId);",
      },
    ],
  },
  {
    name: 'a sweep by its own clock',
    what: 'a sweep whose clock is ahead tells of ends that have not come',
    shows: ['told to have expired before it did'],
    changes: [
      {
        file: 'core/aws/service-clock.ts',
        is: 'return services === undefined ? mine : new Date(Math.min(mine.getTime(), services));',
        was: 'return services === undefined ? mine : new Date(Math.max(mine.getTime(), 0));',
      },
    ],
  },
  {
    name: 'brakes that depend on everybody’s revision',
    what: 'a change that came too late is never decided again',
    shows: ['a brake loses to another change', 'approved and not carried out'],
    changes: [
      {
        file: 'core/store/item.ts',
        is: "const mayRepeat = isDecidedAgain(change, before, isTouched(before, state, now)) ? 'atOnce' : 'never';",
        was: "const mayRepeat = now.revision < 0 && isDecidedAgain(change, before, isTouched(before, state, now)) ? 'atOnce' : 'never';",
      },
    ],
  },
];
