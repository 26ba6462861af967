import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';
import { Time } from '../../shared/show/time.tsx';
import { FIND_KEYS } from '../keys/key.ts';
import { baseOf, useScope } from '../scope.tsx';
import { expiresSoon } from './expires-soon.ts';
import { ShortList } from './short-list.tsx';

const MOST = 5;
/** The API lists keys by age: of those that end soon the soonest are among as many as it gives at once. */
const PAGE = 100;

/** The keys that end next. */
export function ExpiringKeys() {
  const { tenantId, base } = useScope();
  const query = { status: 'active', expiresBefore: `${expiresSoon(Date.now())}T00:00:00.000Z` } as const;
  const { data, error, refetch } = useQuery(
    reading(FIND_KEYS, { query: { ...query, limit: PAGE, ...(tenantId !== undefined && { tenantId }) } }),
  );
  const soonest = [...(data?.items ?? [])].sort((a, b) =>
    String(a.expiresAt) < String(b.expiresAt) ? -1 : 1,
  );
  return (
    <ShortList
      title="Keys that end soon"
      rows={
        data &&
        soonest.slice(0, MOST).map((key) => ({
          id: key.keyId,
          text: key.name,
          href: `${baseOf(key.tenantId)}/keys/${key.keyId}`,
          about: (
            <>
              {key.environment}
              {tenantId === undefined && `, ${key.tenantId}`}, ends <Time at={key.expiresAt} />
            </>
          ),
        }))
      }
      none="None ends within 14 days."
      all={{
        text: 'All that end',
        href: `${base}/keys?status=active&expiresBefore=${expiresSoon(Date.now())}`,
      }}
      error={error}
      retry={() => void refetch()}
    />
  );
}
