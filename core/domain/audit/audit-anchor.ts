import { type KeyObject, verify } from 'node:crypto';
import { canonicalJson } from '../ground/canonical-json.ts';
import type { Head, Tampering } from './audit-chain.ts';

/**
 * Heads of audit chains, signed and kept where the audit table's writers can't reach: who has them knows
 * what every chain was, whatever has been done to the table since.
 */

/** A chain's end, as it was signed. */
export interface Anchor extends Head {
  readonly tenantId: string | null;
  /** ISO 8601, UTC. */
  readonly signedAt: string;
}

/** A line of the place where anchors are kept. */
export interface AnchorLine {
  readonly message: string;
  /** When it came there, by that place's own clock: milliseconds since 1970. */
  readonly cameAt: number;
}

/** What the anchors of a chain came to. */
export interface AnchorReading {
  /** Where they are kept. */
  readonly place: string;
  /** `none`: there is no line for this chain. */
  readonly state: 'read' | 'none' | 'unreadable';
  /** Why it could not be read; null where it could. */
  readonly reason: string | null;
  /** Those with a good signature, oldest first. */
  readonly anchors: readonly Anchor[];
  /** Lines that only somebody else can have put there. */
  readonly tampering: readonly Tampering[];
}

/** A line is written as soon as it is signed; this leaves room for retries and for two clocks. */
const LONGEST_UNDER_WAY_MILLISECONDS = 15 * 60_000;

/** What is signed: it can be taken for nothing else that the key might ever sign. */
export function anchorText({ tenantId, seq, hash, signedAt }: Anchor): string {
  return canonicalJson({ what: 'head of a Keywright audit chain', tenantId, seq, hash, signedAt });
}

/** The line of a signed head. @param signature ECDSA with SHA-256 over `anchorText`, DER, in base64 */
export function anchorLine({ tenantId, seq, hash, signedAt }: Anchor, signature: string): string {
  return JSON.stringify({ tenantId, seq, hash, signedAt, signature });
}

/**
 * The heads in a chain's lines, and which lines are false: unsigned, of another chain, or an old one that was
 * put there again, which would hide that the chain had come further.
 */
export function readAnchors(
  tenantId: string | null,
  lines: readonly AnchorLine[],
  publicKey: KeyObject,
): Pick<AnchorReading, 'anchors' | 'tampering'> {
  const anchors: Anchor[] = [];
  const tampering: Tampering[] = [];
  for (const line of lines) {
    const anchor = anchorIn(line.message, publicKey);
    if (anchor === undefined || anchor.tenantId !== tenantId) {
      tampering.push(forged(null, 'a line among the signed heads is signed by nobody who may'));
    } else if (line.cameAt - Date.parse(anchor.signedAt) > LONGEST_UNDER_WAY_MILLISECONDS) {
      const came = new Date(line.cameAt).toISOString();
      tampering.push(
        forged(anchor.seq, `the head of ${anchor.signedAt} was put among the signed ones again at ${came}`),
      );
    } else anchors.push(anchor);
  }
  return { anchors: anchors.toSorted((a, b) => a.seq - b.seq), tampering };
}

function forged(seq: number | null, message: string): Tampering {
  return { kind: 'forgedHead', seq, eventId: null, message };
}

function anchorIn(message: string, publicKey: KeyObject): Anchor | undefined {
  try {
    const { signature, tenantId, seq, hash, signedAt } = JSON.parse(message) as Anchor & {
      signature: string;
    };
    const anchor = { tenantId, seq, hash, signedAt };
    const text = Buffer.from(anchorText(anchor));
    if (!verify('sha256', text, publicKey, Buffer.from(signature, 'base64'))) return undefined;
    return Number.isSafeInteger(seq) && typeof hash === 'string' ? anchor : undefined;
  } catch {
    return undefined;
  }
}
