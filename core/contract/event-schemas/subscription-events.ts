import * as z from 'zod';
import type { EventType } from '../events.ts';
import { type EventDefinition, event } from './definition.ts';
import {
  approval,
  changeOf,
  clientRequestToken,
  environment,
  hint,
  imported,
  name,
  quota,
  rateLimits,
  reason,
  strings,
} from './values.ts';

const slot = z.enum(['primary', 'secondary']);

export const SUBSCRIPTION_EVENTS = {
  'subscription.requested': event({
    when: 'A tenant’s subscription to a product was requested, made or imported.',
    actors: ['developer', 'admin'],
    subjects: ['subscription'],
    data: z.strictObject({
      productId: z.string(),
      name,
      environment,
      state: z
        .enum(['pending', 'active'])
        .meta({ description: 'active at once where the product asks for no approval' }),
      oauthClientIds: strings.nullable().meta({ description: 'null for any client' }),
      use: z.string().nullable().meta({ description: 'What it is for, in the words of who asked' }),
      termsVersion: z
        .string()
        .nullable()
        .meta({ description: 'Of the product’s terms, which were accepted' }),
      imported,
      approval,
    }),
    example: {
      productId: 'prod_Payments0000',
      name: 'Checkout',
      environment: 'live',
      state: 'pending',
      oauthClientIds: null,
      use: 'The checkout of the web shop',
      termsVersion: '2026-10',
    },
  }),
  'subscription.approved': event({
    when: 'A pending subscription became active.',
    actors: ['admin'],
    subjects: ['subscription'],
    data: z.strictObject({ reason, approval }),
    example: { reason: null },
  }),
  'subscription.rejected': event({
    when: 'A pending subscription was refused for good.',
    actors: ['admin'],
    subjects: ['subscription'],
    data: z.strictObject({ reason }),
    example: { reason: 'Ask for the sandbox product first' },
  }),
  'subscription.suspended': event({
    when: 'An active subscription was stopped, for the time being; by a principal of AWS, where the brake behind glass was pulled.',
    actors: ['admin', 'principal'],
    subjects: ['subscription'],
    data: z.strictObject({ reason }),
    example: { reason: 'Unpaid since September' },
  }),
  'subscription.resumed': event({
    when: 'A suspended subscription was let in again.',
    actors: ['admin'],
    subjects: ['subscription'],
    data: z.strictObject({ reason, approval }),
    example: { reason: 'Paid in full' },
  }),
  'subscription.updated': event({
    when: 'A subscription was renamed, given limits of its own in place of its product’s plan, or bound to whose program rotates it; or that program said which of its keys is handed out by now.',
    actors: ['developer', 'admin', 'principal'],
    subjects: ['subscription'],
    data: z.strictObject({
      ...changeOf({
        name,
        limits: z
          .strictObject({ rateLimits: rateLimits.optional(), quota: quota.nullable().optional() })
          .nullable()
          .meta({ description: 'What is absent is the plan’s; null for all of it' }),
        rotation: z
          .strictObject({ principalArn: z.string() })
          .nullable()
          .meta({ description: 'By whom its stored key is rotated; null for nobody' }),
        current: slot.nullable().meta({ description: 'Whose key is handed out; null for not this one' }),
      }),
      reason,
      approval,
    }),
    example: {
      from: { limits: null },
      to: { limits: { quota: { limit: 500_000, period: 'month' } } },
      reason: 'The sale in December',
    },
  }),
  'subscription.cancelled': event({
    when: 'A subscription was ended for good, or a pending one was taken back by who had requested it.',
    actors: ['developer', 'admin'],
    subjects: ['subscription'],
    data: z.strictObject({ reason, approval }),
    example: { reason: null },
  }),
  'subscription.keyRegenerated': event({
    when: 'The key of one slot was replaced; the other one works on.',
    actors: ['developer', 'admin', 'principal'],
    subjects: ['subscription'],
    data: z.strictObject({ slot, hint, clientRequestToken, approval }),
    example: { slot: 'secondary', hint: 'x7Qp' },
  }),
  'subscription.keysRevealed': event({
    when: 'Keys of a subscription were shown to somebody, and with them client keys of its product’s APIs.',
    actors: ['developer', 'admin'],
    subjects: ['subscription'],
    data: z.strictObject({
      slots: z.array(slot),
      primaryHint: hint.optional(),
      secondaryHint: hint.optional(),
      clientKeys: z.array(z.strictObject({ apiId: z.string(), hint })),
      approval,
    }),
    example: {
      slots: ['primary'],
      primaryHint: 'c2Rt',
      clientKeys: [{ apiId: 'api_Payments0001', hint: 'q9Zd' }],
    },
  }),
} as const satisfies Partial<Record<EventType, EventDefinition>>;
