import { queryOptions, useQuery } from '@tanstack/react-query';

/** What a deployment says of itself in `/config.json`. */
export interface PortalConfig {
  readonly brand: {
    readonly name: string;
    readonly logoUrl?: string | null;
    readonly supportUrl?: string | null;
  };
  /** Origins that the explorer may send to. */
  readonly apiOrigins: readonly string[];
}

const UNTIL_READ: PortalConfig = { brand: { name: 'Keywright' }, apiOrigins: [] };

export const configReading = queryOptions({
  queryKey: ['/config.json'],
  queryFn: async ({ signal }): Promise<PortalConfig> => {
    const response = await fetch('/config.json', { signal });
    return response.ok ? { ...UNTIL_READ, ...((await response.json()) as PortalConfig) } : UNTIL_READ;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export function useConfig(): PortalConfig {
  return useQuery(configReading).data ?? UNTIL_READ;
}
