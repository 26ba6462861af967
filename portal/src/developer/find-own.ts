import { queryClient, reading } from '../shared/api/queries.ts';
import { askedBy, explainUrl } from '../shared/explain/asked.ts';
import type { Command } from '../shared/shell/command.ts';
import { SUBSCRIPTIONS } from '../shared/show/subscription-state.tsx';
import { productsReading } from './catalogue/product.ts';

const MOST = 20;
/** What was read within this time is looked through again. */
const FRESH_MILLISECONDS = 30_000;

/**
 * The newest hundred subscriptions of the person's tenants, by name, ID or a key's last four characters; products by
 * name or ID; and what explains a request's ID, for whoever may be told.
 */
export async function findOwn(text: string, canExplain: boolean): Promise<Command[]> {
  const asked = askedBy(text);
  if (asked?.kind === 'request' && canExplain)
    return [{ text: 'Explain this request', href: explainUrl('', asked.id), about: asked.id }];
  const wanted = (asked?.id ?? text.trim()).toLowerCase();
  const fresh = { staleTime: FRESH_MILLISECONDS };
  const [{ items }, products] = await Promise.all([
    queryClient.fetchQuery({ ...reading(SUBSCRIPTIONS, { query: { limit: 100 } }), ...fresh }),
    queryClient.fetchQuery({ ...productsReading, ...fresh }),
  ]);
  const isNamed = (...names: string[]) => names.some((name) => name.toLowerCase().includes(wanted));
  const subscriptions = items.filter(({ name, subscriptionId, slots }) => {
    const hints = [slots.primary.hint, slots.secondary.hint];
    return isNamed(name, subscriptionId) || hints.includes(text.trim());
  });
  return [
    ...subscriptions.map(({ name, subscriptionId, productName, environment }) => ({
      text: name,
      href: `/subscriptions/${subscriptionId}`,
      about: `${environment} subscription ${subscriptionId} to ${productName}`,
    })),
    ...products
      .filter(({ name, productId }) => isNamed(name, productId))
      .map(({ name, productId, environment }) => ({
        text: name,
        href: `/products/${productId}`,
        about: `${environment} product ${productId}`,
      })),
  ].slice(0, MOST);
}
