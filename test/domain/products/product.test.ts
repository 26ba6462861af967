import { expect, test } from '@jest/globals';
import {
  createProduct,
  isVisible,
  type NewProduct,
  type Product,
  requireTerms,
  updateProduct,
} from '../../../core/domain/products/product.ts';
import type { ProtectedApi } from '../../../core/domain/products/protected-api.ts';
import { context, NOW } from '../context.ts';

const api = (apiId: string, environment: 'live' | 'sandbox' = 'live') =>
  ({ apiId, environment }) as ProtectedApi;
const input: NewProduct = {
  ...{ productId: 'prod_1', name: 'P', description: '', apiIds: ['api_1'], requiresApproval: false },
  plan: { rateLimits: [{ limit: 10, windowSeconds: 60 }] },
};
const product = createProduct(input, [api('api_1')], context()).state;
const refused = (message: string) =>
  expect.objectContaining({ code: 'invalid_request', param: 'apiIds', message });
const UNKNOWN = 'apiIds names an API that does not exist; register it first';

test('a product is of its APIs’ environment, and its event says all of it', () => {
  const { state, event } = createProduct(input, [api('api_1', 'sandbox')], context());
  expect(state).toEqual({ ...input, environment: 'sandbox', createdAt: NOW.toISOString(), revision: 1 });
  const { productId, ...data } = input;
  expect(event).toMatchObject({
    ...{ type: 'product.created', tenantId: null, subject: { type: 'product', id: productId } },
    data: { ...data, environment: 'sandbox' },
  });
});

test('APIs that do not exist, or are of two environments, make no product', () => {
  const two = { ...input, apiIds: ['api_1', 'api_2'] };
  expect(() => createProduct(input, [], context())).toThrow(refused(UNKNOWN));
  expect(() => createProduct(two, [api('api_1')], context())).toThrow(refused(UNKNOWN));
  expect(() => createProduct(two, [api('api_1'), api('api_2', 'sandbox')], context())).toThrow(
    refused('A product bundles APIs of one environment; make one for sandbox and one for live'),
  );
});

test.each([
  ['name', 'Q'],
  ['description', 'Payments'],
  ['apiIds', ['api_2']],
  ['requiresApproval', true],
  ['plan', { rateLimits: [] }],
] as const)(
  'an update of %s changes that and nothing else, and tells what was and what is',
  (field, value) => {
    const made = updateProduct(product, { [field]: value }, [api('api_2')], context());
    expect(made?.state).toEqual({ ...product, [field]: value, revision: 2 });
    expect(made?.event).toMatchObject({
      type: 'product.updated',
      data: { from: { [field]: product[field] }, to: { [field]: value } },
    });
  },
);

test('an update that changes nothing is no change', () => {
  expect(updateProduct(product, {}, [], context())).toBeUndefined();
  expect(updateProduct(product, { name: 'P', apiIds: ['api_1'] }, [api('api_1')], context())).toBeUndefined();
});

test('a product keeps its environment: APIs of the other one, and those that are none, are refused', () => {
  const to =
    (...apis: ProtectedApi[]) =>
    () =>
      updateProduct(product, { apiIds: ['api_2'] }, apis, context());
  expect(to(api('api_2', 'sandbox'))).toThrow(
    refused('This product is for live; name APIs of that environment'),
  );
  expect(to()).toThrow(refused(UNKNOWN));
});

test('what is given of the catalogue is kept, what is null is taken back, and the usual is not stored', () => {
  const given = {
    visibility: 'tenants',
    tenantIds: ['tenant_a'],
    order: 3,
    termsUrl: 'https://e.example',
  } as const;
  const made = updateProduct(product, given, [], context())?.state as Product;
  expect(made).toEqual({ ...product, ...given, revision: 2 });
  const usual = { visibility: 'public', tenantIds: [], order: 0, termsUrl: null } as const;
  const back = updateProduct(made, usual, [], context());
  expect(back?.state).toEqual({ ...product, revision: 3 });
  expect(back?.event.data).toEqual({
    from: given,
    to: { visibility: 'public', tenantIds: [], order: 0, termsUrl: null },
  });
  expect(updateProduct(product, usual, [], context())).toBeUndefined();
});

test('a product is seen by everybody, by its tenants or by operators, who see all', () => {
  const seen = (of: Partial<Product>) =>
    ([[], ['tenant_a'], ['tenant_b'], '*'] as const).map((tenants) => isVisible(of, tenants));
  expect(seen({})).toEqual([true, true, true, true]);
  expect(seen({ visibility: 'tenants', tenantIds: ['tenant_a', 'tenant_c'] })).toEqual([
    false,
    true,
    false,
    true,
  ]);
  expect(seen({ visibility: 'hidden', tenantIds: ['tenant_a'] })).toEqual([false, false, false, true]);
});

test('terms are accepted by naming their version, and no others', () => {
  const terms = { ...product, termsUrl: 'https://e.example', termsVersion: '2' };
  requireTerms(terms, '2');
  requireTerms(product, undefined);
  for (const [of, accepted] of [
    [terms, undefined],
    [terms, '1'],
    [product, '2'],
  ] as const)
    expect(() => requireTerms(of, accepted)).toThrow(expect.objectContaining({ param: 'termsVersion' }));
});
