import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;

/**
 * Finds a damaged write-ahead log among a LevelDB's files, and returns its path. LevelDB itself skips
 * what it can't read there and opens with those writes lost. A record that ends beyond the end of its
 * file is no damage: it is what a killed process leaves behind, and was never acknowledged.
 *
 * The format is LevelDB's doc/log_format.md: blocks of 32 KiB, in them records of a masked CRC-32C
 * (4 bytes), a length (2), a type (1 to 4, 1 byte) and the payload; up to 6 zeros at the end of a block.
 */
export function findDamagedLog(folder: string): string | undefined {
  return readdirSync(folder)
    .filter((name) => /^\d+\.log$/.test(name))
    .map((name) => join(folder, name))
    .find((path) => !isSound(readFileSync(path)));
}

function isSound(log: Buffer): boolean {
  let at = 0;
  while (at + HEADER_BYTES <= log.length) {
    const blockEnd = at - (at % BLOCK_BYTES) + BLOCK_BYTES;
    if (at + HEADER_BYTES > blockEnd) {
      at = blockEnd;
      continue;
    }
    const end = at + HEADER_BYTES + log.readUInt16LE(at + 4);
    const type = log[at + 6] ?? 0;
    if (end > blockEnd || type < 1 || type > 4) return false;
    if (end > log.length) return true;
    if (crc32c(log.subarray(at + 6, end)) !== unmasked(log.readUInt32LE(at))) return false;
    at = end;
  }
  return true;
}

/** LevelDB stores checksums rotated and shifted, so that those of data with checksums in it stay good. */
function unmasked(crc: number): number {
  const rotated = (crc - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32 with Castagnoli's polynomial; Node's zlib has only the one of IEEE 802.3. */
function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (CRC32C_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
