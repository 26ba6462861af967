import { describe, expect, test } from '@jest/globals';
import { type Person, personOf } from '../../../core/domain/people/person.ts';
import {
  approveSignUp,
  rejectSignUp,
  requestSignUp,
  requireSigningUp,
  signUpIdOf,
  tenantOfDomain,
} from '../../../core/domain/people/sign-up.ts';
import { context as contextOf } from '../context.ts';

const context = contextOf();

const RULE = { mode: 'domains', domains: { 'acme.example': 'tenant_acme' } } as const;
const person = (change: Partial<Person> = {}): Person => ({
  ...personOf({ sub: 's', email: 'Grace@Acme.example', email_verified: 'true' }),
  ...change,
});
const codeOf = (run: () => unknown) => {
  try {
    run();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('who may sign up', () => {
  test('is who has a verified address, where anybody may', () => {
    expect(requireSigningUp(RULE, person())).toBe('grace@acme.example');
    for (const change of [
      { emailVerified: false },
      { email: undefined },
      { email: '\u212aelvin@acme.example' },
    ])
      expect(codeOf(() => requireSigningUp(RULE, person(change)))).toBe('forbidden');
    expect(codeOf(() => requireSigningUp({ mode: 'off', domains: {} }, person()))).toBe('forbidden');
  });

  test('by domain is who has an address of just that one', () => {
    expect(tenantOfDomain(RULE, 'grace@acme.example')).toBe('tenant_acme');
    for (const email of [
      'a@notacme.example',
      'a@sub.acme.example',
      'a@acme.example.evil.example',
      'a@constructor',
      'a@__proto__',
    ])
      expect([email, codeOf(() => tenantOfDomain(RULE, email))]).toEqual([email, 'forbidden']);
  });
});

describe('a sign-up', () => {
  const asked = requestSignUp(undefined, { email: 'a@b.example', company: 'Acme', use: 'Pay' }, context);

  test('waits, is one for each person, and says in its event who asks', () => {
    expect(asked.state).toMatchObject({
      state: 'pending',
      signUpId: signUpIdOf(context.actor.id),
      revision: 1,
    });
    expect(asked.event).toMatchObject({
      type: 'signUp.requested',
      tenantId: null,
      data: { company: 'Acme' },
    });
    expect(codeOf(() => requestSignUp(asked.state, { email: 'a@b.example' }, context))).toBe('invalid_state');
  });

  test('may be asked for again after a rejection, and not after an approval', () => {
    const rejected = rejectSignUp(asked.state, 'Who are you?', context).state;
    const again = requestSignUp(rejected, { email: 'a@b.example', use: 'Pay' }, context).state;
    expect(again).toMatchObject({
      state: 'pending',
      company: null,
      createdAt: asked.state.createdAt,
      revision: 3,
    });
    expect(again).not.toHaveProperty('reason');
    const { state, event } = approveSignUp(asked.state, 'tenant_acme', context);
    expect([state.joinedTenantId, event.data]).toEqual([
      'tenant_acme',
      { email: 'a@b.example', tenantId: 'tenant_acme' },
    ]);
    expect(codeOf(() => requestSignUp(state, { email: 'a@b.example' }, context))).toBe('invalid_state');
    for (const done of [state, rejected]) {
      expect(codeOf(() => approveSignUp(done, 'tenant_b', context))).toBe('invalid_state');
      expect(codeOf(() => rejectSignUp(done, 'No', context))).toBe('invalid_state');
    }
  });
});
