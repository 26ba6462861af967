import * as z from 'zod';
import type { OperationSchema } from '../operation.ts';
import { waiting } from './approval-shape.ts';
import { timestamp } from './fields.ts';
import { keyPath } from './key-schemas.ts';
import { keyShape } from './key-shape.ts';
import { bindingShape, overlapSeconds, principalArn, slotBinding } from './rotation-fields.ts';
import { subscriptionPath, subscriptionShape } from './subscription-schemas.ts';
import { exactText } from './texts.ts';

const LONGEST_KEY = 512;
const secretText = exactText(LONGEST_KEY);
const hint = z.string().meta({ description: 'The key’s last four characters', example: '28kj' });

export const rotationSchemas = {
  registerSecret: {
    summary:
      'Register the secret that a program has drawn and stored as the credential’s next one; the same once more is the same answer. No answer holds a secret',
    open: true,
    signed: true,
    acceptsKeys: true,
    path: z.object({
      credentialId: z
        .string()
        .regex(/^(?:key|sub)_[0-9A-Za-z]{12}$/, 'expected key_ or sub_ and 12 base62 characters')
        .meta({ example: 'key_8sK2mQ4vXz1b' }),
    }),
    body: z.strictObject({
      secret: secretText.meta({
        description: 'The whole key that it is to be, of the credential’s own id',
        example: 'sk_live_8sK2mQ4vXz1b…28kj',
      }),
      current: secretText.optional().meta({
        description:
          'The whole key that consumers are handed now: it goes on. Where it is secret itself, the old one begins its overlap',
      }),
      clientRequestToken: exactText(64).meta({
        description: 'Of the turn of the rotation, for the record: Secrets Manager’s',
        example: '7e1c2d3f-4a5b-4c6d-8e9f-0a1b2c3d4e5f',
      }),
      overlapSeconds: overlapSeconds.optional().meta({
        description: 'How long the old secret works on at most; by default as long as the binding lets it',
      }),
      onOldSecretInUse: z.enum(['hold', 'end']).default('hold').meta({
        description:
          'What to do where the secret that this would end was used within a day: refuse with 409, or end it. Either raises an alert',
      }),
    }),
    answers: {
      200: z.strictObject({
        credentialId: z.string().meta({ example: 'key_8sK2mQ4vXz1b' }),
        hint,
        old: z
          .strictObject({
            hint,
            expiresAt: timestamp.nullable().meta({ description: 'null while it has no end' }),
          })
          .nullable()
          .meta({ description: 'What works beside it; null for nothing' }),
      }),
    },
  },
  getKeyRotation: {
    summary: 'Read whose program rotates a key; 404 for nobody’s',
    path: keyPath,
    answers: { 200: bindingShape },
  },
  putKeyRotation: {
    summary:
      'Bind a key to the principal whose program rotates it where it is stored; from then on that one’s rotations wait for nobody',
    path: keyPath,
    body: z.strictObject({ principalArn, maxOverlapSeconds: overlapSeconds.default(86_400) }),
    answers: { 200: keyShape, 202: waiting },
  },
  deleteKeyRotation: {
    summary: 'Let nobody’s program rotate a key any more; its secrets stay as they are',
    path: keyPath,
    answers: { 204: null },
  },
  getSubscriptionRotation: {
    summary: 'Read whose program rotates a subscription’s stored key; 404 for nobody’s',
    path: subscriptionPath,
    answers: { 200: slotBinding },
  },
  putSubscriptionRotation: {
    summary:
      'Bind a subscription to the principal whose program rotates its stored key; from then on that one’s rotations wait for nobody',
    path: subscriptionPath,
    body: z.strictObject({ principalArn }),
    answers: { 200: subscriptionShape, 202: waiting },
  },
  deleteSubscriptionRotation: {
    summary: 'Let nobody’s program rotate a subscription’s key any more; its keys stay as they are',
    path: subscriptionPath,
    answers: { 204: null },
  },
} as const satisfies Record<string, OperationSchema>;
