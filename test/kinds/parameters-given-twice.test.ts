import { expect, test } from '@jest/globals';
import type { TestDynamoDb } from '../support/dynamodb.ts';
import { type TestClaims, TestManagement } from '../support/management.ts';

// Kind: a parameter that is given twice is made one of both by somebody on the way (API Gateway joins them by a comma),
// and a filter that names nothing finds nothing, as if there were nothing.

const PERSON: TestClaims = {
  sub: 'person-1',
  'keywright:role': 'admin',
  'keywright:tenants': '[*]',
  amr: '[pwd mfa]',
};
/** Nothing is stored or read to refuse. */
const management = new TestManagement({ main: {}, audit: {}, regional: {}, settle() {} } as TestDynamoDb);

test.each([
  ['GET /v1/keys', 'q'],
  ['GET /v1/audit', 'actor'],
  ['GET /v1/audit', 'type'],
  ['GET /v1/audit/export', 'subject'],
  ['GET /v1/alerts', 'assignedTo'],
  ['GET /v1/subscriptions', 'limit'],
  ['GET /v1/tenants', 'cursor'],
  ['GET /v1/tenants', 'unheardOf'],
])('in %s, %s is given once or refused', async (path, name) => {
  const answer = await management.call(path, {
    claims: PERSON,
    query: { [name]: 'a,b' },
    event: { rawQueryString: `${name}=a&${name}=b` },
  });
  expect([answer.status, answer.body.error.param]).toEqual([400, name]);
  expect(answer.body.error.message).toContain('twice');
});

test('and a name that could be anything is not repeated', async () => {
  const event = { rawQueryString: 'a%00b=1&a%00b=2' };
  const { status, text } = await management.call('GET /v1/tenants', {
    claims: PERSON,
    query: { 'a\0b': '1,2' },
    event,
  });
  expect([status, text.includes('\\u0000')]).toEqual([400, false]);
});
