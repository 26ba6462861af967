/** What usage is told apart by. */
export const GROUPS = {
  hour: 'Hour',
  day: 'Day',
  route: 'Route',
  status: 'Status',
  country: 'Country',
  network: 'Network',
  cause: 'Cause of refusal',
} as const;
/** What is told apart of many keys as well. */
export const GROUPS_OF_ALL = { ...GROUPS, key: 'Key', product: 'Product', api: 'API' } as const;
export type GroupBy = keyof typeof GROUPS_OF_ALL;

/** Where a group has a page, by its id. */
export type UsagePages = { readonly [By in GroupBy]?: (id: string) => string | undefined };
