import type { RandomBytes } from './base62.ts';

const TIME_BYTES = 6;

/** An event's id: a UUID of version 7 (RFC 9562, 5.7), so that ids sort by the millisecond they were made in. */
export function eventId(now: Date, randomBytes: RandomBytes): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(now.getTime(), 0, TIME_BYTES);
  bytes.set(randomBytes(bytes.length - TIME_BYTES), TIME_BYTES);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Where an event stands among those of its tenant: by time, then by id. */
export function eventPosition({ time, id }: { readonly time: string; readonly id: string }): string {
  return `${time}#${id}`;
}
