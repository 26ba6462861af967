/** The explorer's address, open at an API, with the subscription whose key is to be used. */
export function explorerUrl({ apiId, subscriptionId }: { apiId?: string; subscriptionId?: string }): string {
  const search = new URLSearchParams({
    ...(apiId && { api: apiId }),
    ...(subscriptionId && { subscription: subscriptionId }),
  });
  return search.size === 0 ? '/explorer' : `/explorer?${search}`;
}
