/** What the demonstration says of its APIs: what an operator would upload, for people to read and programs to go by. */

type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const money = { type: 'integer', description: 'In the smallest unit of the currency' };
const time = { type: 'string', format: 'date-time' };
const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (description: string, schema: Schema) => ({
  description,
  content: { 'application/json': { schema } },
});
const body = (schema: Schema, example: unknown) => ({
  required: true,
  content: { 'application/json': { schema, example } },
});
const listOf = (schema: Schema) => ({
  type: 'object',
  required: ['items'],
  properties: { items: { type: 'array', items: schema }, nextCursor: { type: ['string', 'null'] } },
});
const inPath = (name: string, example: string) => ({
  ...{ name, in: 'path', required: true },
  ...{ schema: text, example },
});
const inQuery = (name: string, description: string, schema: Schema = text) => ({
  ...{ name, in: 'query' },
  ...{ description, schema },
});
const CURSOR = inQuery('cursor', 'nextCursor of the page before');

function described(title: string, description: string, parts: { paths: Schema; schemas: Schema }) {
  return {
    openapi: '3.1.1',
    info: { title, version: '1.2.0', description },
    paths: parts.paths,
    components: { schemas: parts.schemas },
  };
}

const ORDER = {
  type: 'object',
  required: ['orderId', 'state', 'total', 'currency', 'createdAt'],
  properties: {
    orderId: text,
    state: { type: 'string', enum: ['open', 'paid', 'shipped', 'cancelled'] },
    total: money,
    currency: { type: 'string', examples: ['EUR'] },
    items: { type: 'array', items: reference('OrderItem') },
    createdAt: time,
  },
};
const ORDER_ITEM = {
  type: 'object',
  required: ['productId', 'quantity'],
  properties: { productId: text, quantity: { type: 'integer', minimum: 1 } },
};

const ORDERS = described('Orders', 'Take orders, follow them, and cancel what has not been shipped.', {
  paths: {
    '/v1/orders': {
      get: {
        ...{ operationId: 'listOrders', summary: 'List orders, newest first', tags: ['orders'] },
        parameters: [inQuery('state', 'Only those in this state', ORDER.properties.state), CURSOR],
        responses: { 200: json('A page of orders', listOf(reference('Order'))) },
      },
      post: {
        ...{ operationId: 'createOrder', summary: 'Take an order', tags: ['orders'] },
        requestBody: body(
          { type: 'object', required: ['items'], properties: { items: ORDER.properties.items } },
          { items: [{ productId: 'sku-4711', quantity: 2 }] },
        ),
        responses: { 201: json('The order', reference('Order')) },
      },
    },
    '/v1/orders/{orderId}': {
      parameters: [inPath('orderId', 'order-1001')],
      get: {
        ...{ operationId: 'getOrder', summary: 'Read an order', tags: ['orders'] },
        responses: {
          200: json('The order', reference('Order')),
          404: { description: 'There is no such order' },
        },
      },
      delete: {
        ...{
          operationId: 'cancelOrder',
          summary: 'Cancel an order that has not been shipped',
          tags: ['orders'],
        },
        responses: {
          200: json('The order', reference('Order')),
          409: { description: 'It has been shipped' },
        },
      },
    },
  },
  schemas: { Order: ORDER, OrderItem: ORDER_ITEM },
});

const ARTICLE = {
  type: 'object',
  required: ['productId', 'name', 'price', 'currency'],
  properties: { productId: text, name: text, price: money, currency: text, inStock: { type: 'boolean' } },
};

const CATALOG = described('Catalog', 'What the shop sells. A publishable key in a web page may read it.', {
  paths: {
    '/v1/products': {
      get: {
        ...{ operationId: 'listProducts', summary: 'List what is on sale', tags: ['products'] },
        parameters: [inQuery('q', 'Words of the name'), CURSOR],
        responses: { 200: json('A page of products', listOf(reference('Product'))) },
      },
      post: {
        ...{ operationId: 'addProduct', summary: 'Put something on sale', tags: ['products'] },
        requestBody: body(reference('Product'), {
          ...{ productId: 'sku-4711', name: 'Cologne water', price: 1290, currency: 'EUR' },
        }),
        responses: { 201: json('The product', reference('Product')) },
      },
    },
    '/v1/products/{productId}': {
      parameters: [inPath('productId', 'sku-4711')],
      get: {
        ...{ operationId: 'getProduct', summary: 'Read a product', tags: ['products'] },
        responses: { 200: json('The product', reference('Product')), 404: { description: 'There is none' } },
      },
    },
  },
  schemas: { Product: ARTICLE },
});

const PAYMENT = {
  type: 'object',
  required: ['paymentId', 'amount', 'currency', 'state'],
  properties: {
    paymentId: text,
    amount: money,
    currency: text,
    state: { type: 'string', enum: ['authorized', 'captured', 'refunded', 'failed'] },
    createdAt: time,
  },
};

const PAYMENTS = described('Payments', 'Charge cards, and give money back.', {
  paths: {
    '/v1/payments': {
      get: {
        ...{ operationId: 'listPayments', summary: 'List payments, newest first', tags: ['payments'] },
        parameters: [CURSOR],
        responses: { 200: json('A page of payments', listOf(reference('Payment'))) },
      },
      post: {
        ...{ operationId: 'createPayment', summary: 'Charge a card', tags: ['payments'] },
        requestBody: body(
          {
            type: 'object',
            required: ['amount', 'currency', 'source'],
            properties: {
              amount: money,
              currency: text,
              source: { ...text, description: 'Token of a card' },
            },
          },
          { amount: 2580, currency: 'EUR', source: 'tok_visa' },
        ),
        responses: {
          201: json('The payment', reference('Payment')),
          402: { description: 'The card was declined' },
        },
      },
    },
    '/v1/payments/{paymentId}/refunds': {
      parameters: [inPath('paymentId', 'pay-2001')],
      post: {
        ...{
          operationId: 'refundPayment',
          summary: 'Give back a payment, or a part of it',
          tags: ['refunds'],
        },
        requestBody: body({ type: 'object', properties: { amount: money } }, { amount: 1290 }),
        responses: { 201: json('The payment', reference('Payment')) },
      },
    },
    '/v1/settlements': {
      get: {
        ...{ operationId: 'listSettlements', summary: 'What is paid out to whom', tags: ['operations'] },
        'x-internal': true,
        responses: { 200: { description: 'For the operator’s own accounting' } },
      },
    },
  },
  schemas: { Payment: PAYMENT },
});

/** By the APIs' names. */
export const DEMO_DOCUMENTS: Readonly<Record<string, object>> = {
  orders: ORDERS,
  catalog: CATALOG,
  payments: PAYMENTS,
};

/** By the APIs' names. */
export const DEMO_DESCRIPTIONS: Readonly<Record<string, string>> = {
  orders: 'Orders of the web shop, for its own services',
  catalog: 'What the web shop sells, for everybody to read',
  payments: 'Card payments and refunds',
};

/** The page of the payments product. */
export const PAYMENTS_PAGE = `# Payments

Charge cards and give money back, in euros and thirty other currencies.

## Before the first call

1. Subscribe to this product. An admin approves it, mostly within a day.
2. Show your keys: the subscription's primary key, and the client key of the API.
3. Get an access token for your application, by client credentials.

## A payment

    curl "$PAYMENTS/v1/payments" \\
      -H "Ocp-Apim-Subscription-Key: $KEY" -H "Client-Key: $CLIENT_KEY" \\
      -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
      -d '{"amount":2580,"currency":"EUR","source":"tok_visa"}'

| answer | what to do |
|---|---|
| 201 | keep the \`paymentId\` |
| 402 | the card was declined: ask for another |
| 429 | wait as long as \`Retry-After\` says |

Regenerate one of the two keys at a time: the other one works on.
`;
