/** The demonstration's APIs by their names at API Gateway and their ids in Keywright's own table. */
export const DEMO_API_IDS = {
  orders: { sandbox: 'api_OrdersSndbox', live: 'api_OrdersLive00' },
  catalog: { sandbox: 'api_CatalogSndbx', live: 'api_CatalogLive0' },
  payments: { sandbox: 'api_PaymentsSndb', live: 'api_PaymentsLive' },
} as const;
