import type { Head } from '../../../../core/domain/audit/audit-chain.ts';

const HEAD = /^([1-9][0-9]{0,15}):([0-9a-f]{64})$/;

/** A head as people note it, `28:d3e7…`; undefined for what is none. */
export function headIn(text: string): Head | undefined {
  const [, seq, hash] = HEAD.exec(text.trim()) ?? [];
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
}
