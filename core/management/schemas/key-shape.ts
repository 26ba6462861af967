import * as z from 'zod';
import { type ImportedUse, importedUseOf } from '../../domain/imports/imported-key.ts';
import { type ApiKey, liveSecrets, statusOf } from '../../domain/keys/api-key.ts';
import { brokenRules, KEY_RULES } from '../../domain/keys/key-rules.ts';
import type { LastUse } from '../../domain/keys/last-use.ts';
import type { Tenant } from '../../domain/tenants/tenant.ts';
import {
  environment,
  givenName,
  keyId,
  nameOf,
  personId,
  rateLimits,
  tenantId,
  timestamp,
} from './fields.ts';
import { importedUse } from './import-schemas.ts';
import { bindingShape } from './rotation-fields.ts';

export const keyType = z.enum(['publishable', 'secret']).meta({ example: 'secret' });
export const keyStatus = z.enum(['active', 'disabled', 'revoked', 'expired']);

const secretShape = z.strictObject({
  createdAt: timestamp,
  expiresAt: timestamp.nullable().meta({ description: 'The end of its overlap' }),
  lastUsedAt: timestamp.nullable(),
  hint: z.string().meta({
    description: 'The key’s last four characters; empty where they are not known',
    example: '28kj',
  }),
});
export const keyShape = z
  .strictObject({
    keyId,
    tenantId,
    name: givenName,
    type: keyType,
    environment,
    role: z.string().meta({ example: 'reader' }),
    permissions: z.array(z.string()).nullable(),
    status: keyStatus,
    createdAt: timestamp,
    createdBy: personId,
    createdByName: nameOf('who made it'),
    updatedAt: timestamp
      .nullable()
      .meta({ description: 'When somebody last changed it; null where an older version did' }),
    expiresAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable(),
    allowedCidrs: z.array(z.string()).meta({ example: ['203.0.113.0/24'] }),
    allowedOrigins: z.array(z.string()).meta({ example: [] }),
    rateLimits,
    metadata: z.record(z.string(), z.string()).meta({ example: { team: 'billing' } }),
    revokedAt: timestamp.nullable(),
    revokedBy: z.string().nullable(),
    revokedByName: nameOf('who revoked it'),
    disabledAt: timestamp.nullable().meta({ description: 'Of one that is disabled, as below' }),
    disabledBy: z.string().nullable(),
    disabledByName: nameOf('who disabled it'),
    reason: z.string().nullable().meta({
      description: 'Why it was revoked, or else disabled, where a reason was given; null otherwise',
    }),
    secrets: z
      .array(secretShape)
      .meta({ description: 'Those that have not ended, newest first; none of a revoked key' }),
    outOfPolicy: z.array(z.enum(KEY_RULES)).meta({
      description: 'Rules of the tenant’s key policy that it does not keep to; it works all the same',
      example: [],
    }),
    imported: importedUse
      .nullable()
      .meta({ description: 'What became of a key that was issued elsewhere; null for one made here' }),
    rotation: bindingShape.optional(),
  })
  .meta({ id: 'Key' });
export const keyWithSecret = z.strictObject({
  key: keyShape,
  secret: z
    .string()
    .meta({ description: 'The whole key, shown this once', example: 'sk_live_8sK2mQ4vXz1b…28kj' }),
});

/** What a repeat of a request that showed a secret is answered. */
export const repeatedKey = z.strictObject({ key: keyShape }).meta({
  description:
    'A repeat: the record, and not the secret, which was shown in the first answer; the header Keywright-Notice says how to go on',
});

/** A key as people see it at a moment. @param tenant whose it is, for its policy */
export function presentKey(
  key: ApiKey,
  now: Date,
  lastUse: LastUse | undefined,
  tenant: Pick<Tenant, 'settings'> | undefined,
): z.output<typeof keyShape> {
  return {
    keyId: key.keyId,
    tenantId: key.tenantId,
    name: key.name,
    type: key.type,
    environment: key.environment,
    role: key.role,
    permissions: key.permissions === undefined ? null : [...key.permissions],
    status: statusOf(key, now),
    createdAt: key.createdAt,
    createdBy: key.createdBy,
    createdByName: key.createdByName ?? null,
    updatedAt: key.updatedAt ?? null,
    expiresAt: key.expiresAt ?? null,
    lastUsedAt: lastUse?.at ?? null,
    allowedCidrs: [...key.allowedCidrs],
    allowedOrigins: [...key.allowedOrigins],
    rateLimits: [...key.rateLimits],
    metadata: { ...key.metadata },
    ...howStopped(key),
    secrets: (key.status === 'revoked' ? [] : liveSecrets(key, now)).map((secret) => ({
      createdAt: secret.createdAt,
      expiresAt: secret.expiresAt ?? null,
      lastUsedAt: lastUse?.bySecret[secret.id] ?? null,
      hint: secret.hint,
    })),
    outOfPolicy: [...brokenRules(key, tenant, now)],
    imported: keyUseOf(key, now) ?? null,
    ...(key.rotation && { rotation: key.rotation }),
  };
}

function howStopped({ status, revocation, disabling }: Pick<ApiKey, 'status' | 'revocation' | 'disabling'>) {
  const isDisabled = status === 'disabled';
  return {
    revokedAt: revocation?.at ?? null,
    revokedBy: revocation?.by ?? null,
    revokedByName: revocation?.byName ?? null,
    disabledAt: (isDisabled && disabling?.at) || null,
    disabledBy: (isDisabled && disabling?.by) || null,
    disabledByName: (isDisabled && disabling?.byName) || null,
    reason: (isDisabled ? disabling : revocation)?.reason ?? null,
  };
}

/** What became of a key that was imported; undefined for one that was not. */
export function keyUseOf(
  key: Pick<ApiKey, 'status' | 'expiresAt' | 'imported' | 'digests'>,
  now: Date,
): ImportedUse | undefined {
  const status = statusOf(key, now);
  return importedUseOf(key, status === 'revoked' || status === 'expired');
}
