import {
  infiniteQueryOptions,
  MutationCache,
  QueryCache,
  QueryClient,
  queryOptions,
} from '@tanstack/react-query';
import { attention } from '../shell/attention.ts';
import type { Answer, Params, ReadPath } from './answers.ts';
import { get, isForbidden, isSignedOut, wantsSecondFactor } from './api.ts';

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: takeNotice }),
  mutationCache: new MutationCache({ onError: takeNotice }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // The client asks again by itself where that helps.
      retry: false,
      refetchOnWindowFocus: true,
      // Without a network a query fails, and its page says so, where it would otherwise wait without a word.
      networkMode: 'always',
    },
    // What a change answered, a new key perhaps, is forgotten with whoever showed it.
    mutations: { networkMode: 'always', gcTime: 0 },
  },
});

/** A page that nobody has signed in to shows that itself; whoever was in the middle of something is asked. */
function takeNotice(error: Error): void {
  if (wantsSecondFactor(error)) attention.set('secondFactor');
  const signedIn = queryClient.getQueryData(['/v1/me', { query: {} }]) !== undefined;
  if (isSignedOut(error) && signedIn) attention.set('sessionEnded');
  // Somebody may have changed what this person may do; the page goes by what was read before.
  if (isForbidden(error)) void queryClient.invalidateQueries({ queryKey: ['/v1/me'] });
}

/** One reading of the API, for `useQuery`; its key begins with the path, so that a change can ask for it anew. */
export function reading<Path extends ReadPath>(path: Path, params: Params<Path>) {
  return queryOptions({
    queryKey: [path, params],
    queryFn: ({ signal }) => get(path, params, signal),
  });
}

/** A list's pages as they are asked for, for `useInfiniteQuery`. */
export function pages<Path extends ReadPath>(path: Path, params: Params<Path> & { query?: object }) {
  return infiniteQueryOptions({
    queryKey: [path, params, 'pages'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      get(path, { ...params, query: { ...params.query, cursor: pageParam } } as Params<Path>, signal),
    getNextPageParam: (page: Answer<Path>) => (page as { nextCursor: string | null }).nextCursor ?? undefined,
  });
}
