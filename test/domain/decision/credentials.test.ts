import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { readCredentials } from '../../../core/domain/decision/credentials.ts';
import { KeyFormat } from '../../../core/domain/keys/key-format.ts';

const format = new KeyFormat();
const mint = (kind: 'pk' | 'sk' | 'sub' | 'ck') => format.mint(kind, 'sandbox', 'yAlP9B8aUrgK', randomBytes);
const key = mint('sk');
const other = mint('pk');
const read = (headers: Parameters<typeof readCredentials>[0], method = 'GET', acceptsForeign = false) =>
  readCredentials(headers, method, format, acceptsForeign);

test('a key is taken from x-api-key or a bearer token, in any case of the names', () => {
  for (const headers of [
    { 'x-api-key': key },
    { 'X-Api-Key': [key] },
    { authorization: `Bearer ${key}` },
    { Authorization: `bearer  ${key}` },
    { AUTHORIZATION: key },
    { 'x-api-key': key, authorization: `Bearer ${key}` },
    { 'x-api-key': [key, key] },
    { 'x-api-key': `${key},${key}` },
  ]) {
    expect(read(headers)).toMatchObject({ key: { text: key }, problem: undefined });
  }
});

test('two different keys are refused, wherever they stand', () => {
  expect(read({ 'x-api-key': key, authorization: `Bearer ${other}` })).toMatchObject({
    key: undefined,
    problem: 'two_keys',
  });
  expect(read({ 'x-api-key': [key, other] }).key).toBeUndefined();
  expect(read({ 'x-api-key': `${key},${other}` }).key).toBeUndefined();
  expect(read({ 'x-api-key': 'nonsense', authorization: `Bearer ${key}` }).key).toBeUndefined();
});

test("a backend's own bearer token does not disturb an x-api-key", () => {
  expect(read({ 'x-api-key': key, authorization: 'Bearer eyJhbGciOi.J9.x' }).key?.text).toBe(key);
});

describe('no key of the tenant scheme', () => {
  test.each([
    ['nothing', {}, 'no_key'],
    ['an empty header', { 'x-api-key': '' }, 'no_key'],
    ['a subscription key', { 'x-api-key': mint('sub') }, 'malformed_key'],
    ['a client key', { 'x-api-key': mint('ck') }, 'malformed_key'],
    ['a bearer token that is none', { authorization: 'Bearer abc' }, 'malformed_key'],
    ['basic authentication', { authorization: `Basic ${key}` }, 'malformed_key'],
    ['a header of another name', { 'x-api-kez': key }, 'no_key'],
  ])('%s', (_, headers, problem) => {
    expect(read(headers)).toMatchObject({ key: undefined, problem });
  });
});

test('tenant and origin are read, and two tenants are none that exists', () => {
  expect(read({ 'X-Tn': 'tenant_acme', Origin: 'https://shop.example' })).toMatchObject({
    tenantId: 'tenant_acme',
    origin: 'https://shop.example',
  });
  expect(read({ 'x-tn': ['tenant_acme', 'tenant_other'] }).tenantId).toBe('tenant_acme,tenant_other');
});

test('a preflight is an OPTIONS with Origin and the method asked for, and nothing less', () => {
  const preflight = { origin: 'https://shop.example', 'Access-Control-Request-Method': 'POST' };
  expect(read(preflight, 'OPTIONS').preflight).toBe(true);
  expect(read(preflight, 'GET').preflight).toBe(false);
  expect(read({ origin: 'https://shop.example' }, 'OPTIONS').preflight).toBe(false);
});
