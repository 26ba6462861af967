import * as z from 'zod';
import type { EventType } from '../events.ts';
import { type EventDefinition, event } from './definition.ts';
import { approval, environment, hint, imported, name, reason, strings } from './values.ts';

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
      imported,
      approval,
    }),
    example: {
      productId: 'prod_Payments0000',
      name: 'Checkout',
      environment: 'live',
      state: 'pending',
      oauthClientIds: null,
    },
  }),
  'subscription.approved': event({
    when: 'A pending subscription became active.',
    actors: ['admin'],
    subjects: ['subscription'],
    data: z.strictObject({ approval }),
    example: {},
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
    data: z.strictObject({ approval }),
    example: {},
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
    actors: ['developer', 'admin'],
    subjects: ['subscription'],
    data: z.strictObject({ slot: z.enum(['primary', 'secondary']), hint, approval }),
    example: { slot: 'secondary', hint: 'x7Qp' },
  }),
  'subscription.keysRevealed': event({
    when: 'Both keys of a subscription were shown to somebody.',
    actors: ['developer', 'admin'],
    subjects: ['subscription'],
    data: z.strictObject({ primaryHint: hint, secondaryHint: hint, approval }),
    example: { primaryHint: 'c2Rt', secondaryHint: 'x7Qp' },
  }),
} as const satisfies Partial<Record<EventType, EventDefinition>>;
