import { describe, expect, test } from '@jest/globals';
import { REFUSALS, type RefusalCode } from '../../../core/contract/refusals.ts';
import { costFaultAnswer, refusalAnswer } from '../../../core/domain/decision/refusal-answer.ts';

const messageOf = (code: RefusalCode, details: object = {}) =>
  (refusalAnswer('subscription', { code, ...details }).body as { message: string }).message;

describe.each(Object.keys(REFUSALS) as RefusalCode[])('%s', (code) => {
  const { status, type, message } = REFUSALS[code];

  test('has the contract’s status, code and type in the tenant scheme', () => {
    const answer = refusalAnswer('tenant', { code });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error: { code, message, type } });
    expect(answer.headers['Content-Type']).toBe('application/json');
  });

  test('has the same status and Azure’s form in the subscription scheme', () => {
    const answer = refusalAnswer('subscription', { code });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ statusCode: status, message: expect.any(String) });
  });

  test('challenges the caller where it is 401, and nowhere else', () => {
    for (const scheme of ['tenant', 'subscription'] as const) {
      expect('WWW-Authenticate' in refusalAnswer(scheme, { code }).headers).toBe(status === 401);
    }
  });

  test('says when to come again where it was told, and at once where something is away', () => {
    const retry = (seconds?: number) =>
      refusalAnswer('tenant', { code, ...(seconds !== undefined && { retryAfterSeconds: seconds }) }).headers[
        'Retry-After'
      ];
    expect(retry()).toBe(status === 503 ? '1' : undefined);
    expect(retry(17)).toBe(status === 503 ? '1' : '17');
  });
});

test('a challenge names the key of the scheme, and for a token the token', () => {
  const challenge = (scheme: 'tenant' | 'subscription', code: RefusalCode) =>
    refusalAnswer(scheme, { code }).headers['WWW-Authenticate'];
  expect(challenge('tenant', 'authentication_failed')).toBe('Bearer realm="keywright"');
  expect(challenge('subscription', 'authentication_failed')).toMatch(/^AzureApiManagementKey .*Ocp-Apim/);
  for (const scheme of ['tenant', 'subscription'] as const)
    expect(challenge(scheme, 'invalid_token')).toBe('Bearer error="invalid_token"');
});

test('the subscription scheme tells a missing key from an invalid one, and names the state', () => {
  expect(messageOf('authentication_failed', { cause: 'no_key' })).toMatch(/due to missing subscription key/);
  expect(messageOf('authentication_failed', { cause: 'wrong_secret' })).toMatch(/due to invalid/);
  expect(messageOf('authentication_failed')).toMatch(/due to invalid/);
  expect(messageOf('subscription_not_active', { cause: 'subscription_suspended' })).toBe(
    'Access denied: the subscription is suspended.',
  );
});

test('the wait is told in seconds for a rate, and for a quota as .NET writes spans of time', () => {
  expect(messageOf('rate_limit_exceeded', { retryAfterSeconds: 12 })).toBe(
    'Rate limit is exceeded. Try again in 12 seconds.',
  );
  expect(messageOf('rate_limit_exceeded')).toBe('Rate limit is exceeded. Try again in 1 seconds.');
  const quota = (seconds: number) =>
    messageOf('quota_exceeded', { retryAfterSeconds: seconds }).replace(/^.* in (.*)\.$/, '$1');
  expect([1, 59, 60, 3599, 3600, 25_280, 86_399, 86_400, 543_680].map(quota)).toEqual([
    ...['00:00:01', '00:00:59', '00:01:00', '00:59:59', '01:00:00', '07:01:20', '23:59:59'],
    ...['1.00:00:00', '6.07:01:20'],
  ]);
});

test('a cost that no window admits is the caller’s fault, in the words of either scheme', () => {
  const headers = { 'Content-Type': 'application/json' };
  const error = {
    code: 'invalid_request',
    message: 'too much',
    type: 'invalid_request_error',
    param: 'cost',
  };
  expect(costFaultAnswer('tenant', 'too much')).toEqual({ status: 400, headers, body: { error } });
  expect(costFaultAnswer('subscription', 'too much')).toEqual({
    status: 400,
    headers,
    body: { statusCode: 400, message: 'too much' },
  });
});
