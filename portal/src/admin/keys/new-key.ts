import type { Key } from './key.ts';

/** What a person chooses of a new key, as the form holds it. */
export interface NewKey {
  readonly name: string;
  readonly environment: Key['environment'];
  readonly type: Key['type'];
  readonly role: string;
  /** Empty for all of the role's. */
  readonly permissions: readonly string[];
  readonly cidrs: string;
  readonly origins: string;
  /** Days, or a day as YYYY-MM-DD; empty for never. */
  readonly ends: string;
  readonly perMinute: string;
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
}

export const EMPTY_KEY: NewKey = {
  name: '',
  environment: 'sandbox',
  type: 'secret',
  role: '',
  permissions: [],
  cidrs: '',
  origins: '',
  ends: '',
  perMinute: '',
  metadata: [],
};

const DAY_MILLISECONDS = 86_400_000;

/** Whether all is there that a key has to have. */
export function isReady({ name, role }: NewKey): boolean {
  return name.trim() !== '' && role !== '';
}

/** The body that creates it. What was left empty is left out. */
export function bodyOf(key: NewKey, now: number) {
  const { name, environment, type, role } = key;
  const expiresAt = endOf(key.ends, now);
  const cidrs = linesOf(key.cidrs);
  const origins = linesOf(key.origins);
  const metadata = key.metadata.filter(({ key }) => key !== '');
  return {
    name: name.trim(),
    environment,
    type,
    role,
    ...(key.permissions.length > 0 && { permissions: [...key.permissions] }),
    ...(expiresAt && { expiresAt }),
    ...(cidrs.length > 0 && { allowedCidrs: cidrs }),
    ...(origins.length > 0 && { allowedOrigins: origins }),
    ...(key.perMinute !== '' && { rateLimits: [{ limit: Number(key.perMinute), windowSeconds: 60 }] }),
    ...(metadata.length > 0 && {
      metadata: Object.fromEntries(metadata.map(({ key, value }) => [key, value])),
    }),
  };
}

export function linesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((line) => line !== '');
}

/** The networks of a form with one more, in a line of its own. */
export function withAddress(cidrs: string, address: string): string {
  const lines = linesOf(cidrs);
  return lines.includes(address) ? cidrs : [...lines, address].join('\n');
}

/** A number of days from now, or the end of a day where the person is. */
export function endOf(ends: string, now: number): string | undefined {
  if (ends === '') return undefined;
  if (/^\d+$/.test(ends)) return new Date(now + Number(ends) * DAY_MILLISECONDS).toISOString();
  const day = new Date(`${ends}T23:59:59`);
  return Number.isNaN(day.getTime()) ? undefined : day.toISOString();
}

/** What the steps of the form share. */
export interface StepProps {
  readonly tenantId: string;
  readonly draft: NewKey;
  readonly change: (part: Partial<NewKey>) => void;
  readonly error: Error | null;
}
