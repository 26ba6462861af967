import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { AwsError, type Input } from './protocol.ts';

/** A version's content, as it stands on the wire; binary is in base 64. */
const SECRET_VALUE = z.union([
  z.object({ SecretString: z.string() }),
  z.object({ SecretBinary: z.string() }),
]);

const SECRET_VERSION = z.object({
  /** Null from the start of a rotation until its function puts a value. */
  value: SECRET_VALUE.nullable(),
  /** Seconds since 1970, like all times here. */
  createdAt: z.number(),
  /** Staging labels; a version without any is deprecated. */
  stages: z.array(z.string()),
});

/** A secret with its versions by their ids. */
export const SECRET = z.object({
  arn: z.string(),
  name: z.string(),
  description: z.string().optional(),
  createdAt: z.number(),
  changedAt: z.number(),
  /** When it goes for good; until then it can be brought back, and nothing else. */
  deletedAt: z.number().optional(),
  versions: z.record(z.string(), SECRET_VERSION),
});

export type SecretValue = z.infer<typeof SECRET_VALUE>;
export type SecretVersion = z.infer<typeof SECRET_VERSION>;
export type Secret = z.infer<typeof SECRET>;

/** What a version may hold, in bytes (Secrets Manager quotas). */
const LARGEST_VALUE = 65_536;

/** The value given in a request: exactly one of SecretString and SecretBinary. */
export function requestedValue({ SecretString, SecretBinary }: Input): SecretValue {
  const [name, value] =
    SecretString === undefined ? ['secretBinary', SecretBinary] : ['secretString', SecretString];
  if (Buffer.byteLength(String(value), name === 'secretBinary' ? 'base64' : 'utf8') > LARGEST_VALUE) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must have length less than or equal to ${LARGEST_VALUE}`,
    );
  }
  if (typeof SecretString === 'string' && SecretBinary === undefined) return { SecretString };
  if (typeof SecretBinary === 'string' && SecretString === undefined) return { SecretBinary };
  throw new AwsError(
    'InvalidRequestException',
    'You must provide either SecretString or SecretBinary, and not both.',
  );
}

/** The version with this id or label (AWSCURRENT when neither is given), with its id. It has a value. */
export function versionFor(
  secret: Secret,
  id: string | undefined,
  stage: string | undefined,
): [string, SecretVersion] {
  const label = stage ?? (id === undefined ? 'AWSCURRENT' : undefined);
  const found = id ?? holderOf(secret, label ?? '');
  const version = found === undefined ? undefined : secret.versions[found];
  if (found === undefined || !version?.value) {
    const wanted = id === undefined ? `staging label: ${label}` : `VersionId: ${id}`;
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${wanted}`,
    );
  }
  if (label !== undefined && !version.stages.includes(label))
    throw new AwsError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  return [found, version];
}

/**
 * Adds a version with staging labels, taking them from the versions that have them. The same id with
 * the same value again changes nothing; with another value it is a ResourceExistsException.
 */
export function addVersion(
  secret: Secret,
  id: string,
  value: SecretValue,
  stages: readonly string[],
  time: number,
): void {
  const existing = secret.versions[id];
  if (existing?.value) {
    if (isDeepStrictEqual(existing.value, value)) return;
    throw new AwsError(
      'ResourceExistsException',
      `You can't change the value of a version: ${id} already exists with another one.`,
    );
  }
  secret.versions[id] = { value, createdAt: time, stages: existing?.stages ?? [] };
  for (const stage of stages) attach(secret, stage, id);
  secret.changedAt = time;
}

/**
 * Begins a rotation: the version that it is about is AWSPENDING, without a value if it is new. Returns
 * its id, which is that of an earlier rotation where one was left unfinished.
 */
export function beginRotation(secret: Secret, id: string, time: number): string {
  const pending = holderOf(secret, 'AWSPENDING');
  if (pending !== undefined && pending !== holderOf(secret, 'AWSCURRENT')) return pending;
  secret.versions[id] ??= { value: null, createdAt: time, stages: [] };
  attach(secret, 'AWSPENDING', id);
  return id;
}

/** Moves a label as UpdateSecretVersionStage does: who holds it now must be named in `from`. */
export function moveStage(
  secret: Secret,
  stage: string,
  { to, from }: { to: string | undefined; from: string | undefined },
  time: number,
): void {
  const holder = holderOf(secret, stage);
  if (to !== undefined && holder !== undefined && holder !== to && holder !== from)
    throw new AwsError(
      'InvalidParameterException',
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  if (to === undefined && holder !== from)
    throw new AwsError(
      'InvalidParameterException',
      `Staging label ${stage} is not attached to version ${from}.`,
    );
  for (const id of [to, from]) if (id !== undefined) versionFor(secret, id, undefined);
  if (to === undefined) detach(secret, stage);
  else attach(secret, stage, to);
  secret.changedAt = time;
}

/** Labels a version; whatever was AWSCURRENT before becomes AWSPREVIOUS, as it does on AWS. */
function attach(secret: Secret, stage: string, id: string): void {
  const holder = holderOf(secret, stage);
  if (holder === id) return;
  detach(secret, stage);
  secret.versions[id]?.stages.push(stage);
  if (stage === 'AWSCURRENT' && holder !== undefined) attach(secret, 'AWSPREVIOUS', holder);
}

function detach(secret: Secret, stage: string): void {
  for (const version of Object.values(secret.versions))
    version.stages = version.stages.filter((label) => label !== stage);
}

function holderOf(secret: Secret, stage: string): string | undefined {
  return Object.keys(secret.versions).find((id) => secret.versions[id]?.stages.includes(stage));
}
