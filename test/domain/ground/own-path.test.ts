import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { below, isCustomDomain, ownPath, withoutStage } from '../../../core/domain/ground/own-path.ts';

const own = (path: string, route: string | undefined, parameters: Record<string, string> | null = {}) =>
  ownPath({ path, route, parameters });

describe('an API’s own path', () => {
  test.each([
    ['/v1/orders', '/v1/orders', {}, '/v1/orders'],
    ['/shop/v1/orders', '/v1/orders', {}, '/v1/orders'],
    ['/shop/v1/orders/', '/v1/orders', {}, '/v1/orders/'],
    ['/shop/v1/orders/7', '/v1/orders/{id}', { id: '7' }, '/v1/orders/7'],
    ['/shop/v1/a%20b', '/v1/{name}', { name: 'a b' }, '/v1/a%20b'],
    ['/shop/v1/a%20b', '/v1/{name}', { name: 'a%20b' }, '/v1/a%20b'],
    ['/shop/v1/100%', '/v1/{name}', { name: '100%' }, '/v1/100%'],
    ['/shop/a/b/c', '/{proxy+}', { proxy: 'a/b/c' }, '/a/b/c'],
    ['/shop/a/b/', '/{proxy+}', { proxy: 'a/b/' }, '/a/b/'],
    ['/v1/v1', '/v1', {}, '/v1'],
    ['/shop', '/', {}, '/'],
  ])('in %s, called by the route %s, is found from its end', (path, route, parameters, expected) => {
    expect(own(path, route, parameters as Record<string, string>)).toBe(expected);
  });

  test('is not told where there is no route, a parameter is missing, or the path ends otherwise', () => {
    expect(own('/v1/orders', undefined)).toBeUndefined();
    expect(own('/v1/orders/7', '/v1/orders/{id}')).toBeUndefined();
    expect(own('/v1/orders/7', '/v1/orders/{id}', null)).toBeUndefined();
    expect(own('/v1/orders', '/v1/payments')).toBeUndefined();
    expect(own('/orders', '/v1/orders')).toBeUndefined();
    expect(own('/xv1/orders', '/v1/orders')).toBeUndefined();
  });

  test('is the same whatever a host puts in front', () => {
    const segment = fc.string({ unit: fc.constantFrom(...'ab1-~'), minLength: 1, maxLength: 4 });
    const segments = fc.array(segment, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(segment, { maxLength: 3 }),
        segments,
        fc.constantFrom('', '/'),
        (front, path, slash) => {
          const called = `/${[...front, ...path].join('/')}${slash}`;
          expect(own(called, '/{proxy+}', { proxy: path.join('/') })).toBe(`/${path.join('/')}${slash}`);
          expect(own(called, `/${path.join('/')}`)).toBe(`/${path.join('/')}${slash}`);
        },
      ),
    );
  });
});

test('a stage is taken from the front as a whole segment, and nothing where there is none', () => {
  expect(withoutStage('/prod/v1', 'prod')).toBe('/v1');
  expect(withoutStage('/prod', 'prod')).toBe('/');
  expect(withoutStage('/production/v1', 'prod')).toBe('/production/v1');
  expect(withoutStage('/v1/prod', 'prod')).toBe('/v1/prod');
  expect(withoutStage('/prod/v1', undefined)).toBe('/prod/v1');
});

test('what is below a prefix begins with a slash, and nothing is below what merely begins alike', () => {
  expect([below('/a/b', 'a'), below('/a', 'a'), below('/a/', 'a')]).toEqual(['/b', '/', '/']);
  expect([below('/ab', 'a'), below('a/b', 'a'), below('/', 'a')]).toEqual([undefined, undefined, undefined]);
});

describe('a custom domain', () => {
  test.each([
    'api.example.com',
    'execute-api.example.com',
    'x.execute-api.eu-central-1.amazonaws.com.evil.com',
  ])('is %s', (host) => {
    expect(isCustomDomain(host)).toBe(true);
  });

  test.each([
    'a1b2.execute-api.eu-central-1.amazonaws.com',
    'a1b2.execute-api.cn-north-1.amazonaws.com.cn',
    'a1b2.execute-api.eu-central-1.api.aws',
    'abc.lambda-url.eu-central-1.on.aws',
    'localhost',
    '127.0.0.1',
    '',
    undefined,
  ])('is not %p', (host) => {
    expect(isCustomDomain(host)).toBe(false);
  });
});
