import { describe, expect, test } from '@jest/globals';
import { principalNamed, principalOf } from '../../../core/domain/people/principal.ts';

const ROLE = 'arn:aws:iam::111122223333:role/Deploy';

describe('the principal that an ARN names', () => {
  test.each([
    ['arn:aws:iam::111122223333:role/Deploy', ROLE],
    ['arn:aws:iam::111122223333:role/ci/main/Deploy', ROLE],
    ['arn:aws:sts::111122223333:assumed-role/Deploy/jane@example.com', ROLE],
    ['arn:aws:sts::111122223333:assumed-role/Deploy/another', ROLE],
    ['arn:aws-cn:sts::111122223333:assumed-role/Deploy/x', ROLE.replace('aws', 'aws-cn')],
    ['arn:aws:iam::111122223333:user/ops/jane', 'arn:aws:iam::111122223333:user/ops/jane'],
    ['arn:aws:iam::111122223333:root', 'arn:aws:iam::111122223333:root'],
    ['arn:aws:sts::111122223333:assumed-role/Deploy', undefined],
    ['arn:aws:sts::111122223333:assumed-role/a/b/c\n', undefined],
    ['arn:aws:iam::111122223333:role/', undefined],
    ['arn:aws:iam::111122223333:role/Deploy*', undefined],
    ['arn:aws:iam::11112222333:role/Deploy', undefined],
    ['arn:aws:iam::*:role/Deploy', undefined],
    ['arn:aws:s3:::bucket', undefined],
    [`${ROLE}\n`, undefined],
    [`arn:aws:iam::111122223333:role/${'a/'.repeat(1100)}b`, undefined],
    ['', undefined],
  ])('%j is %j', (arn, expected) => {
    expect(principalNamed(arn)).toBe(expected);
  });
});

test('who signed is of the account that Keywright is in, or nobody', () => {
  const userArn = 'arn:aws:sts::111122223333:assumed-role/Deploy/run-1';
  expect(principalOf(userArn, '111122223333')).toEqual({ arn: ROLE, userArn });
  expect(() => principalOf(userArn, '444455556666')).toThrow('take a role of it');
  for (const other of ['', '*', 'arn:aws:s3:::bucket'])
    expect(() => principalOf(other, '111122223333')).toThrow('sign the request');
});
