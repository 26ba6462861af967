import type * as z from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { wholeList } from './schemas/fields.ts';

interface Order<Item> {
  /** Where an item stands: no two at the same place. */
  readonly placeOf: (item: Item) => string;
  /** Whether the greatest text comes first. */
  readonly isDescending?: boolean;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** What cuts the page that is asked for out of the whole list. */
type Cut = <Item>(items: readonly Item[], order: Order<Item>) => Page<Item>;

/**
 * The page that is asked for of a list that is one item, and so is read whole: all of it unless there is a limit.
 * Whatever comes or goes meanwhile, what is there all the time comes once.
 * @param list names it, so that its cursors are good for no other
 * @throws DomainError `invalid_request` for a cursor that this list did not give out, before anything is read
 */
export function pageAsked(list: string, query: z.output<typeof wholeList>): Cut {
  const after = decodeCursor(list, query.cursor, 'cursor', () => true);
  return (items, order) => cut(list, items, { after, limit: query.limit }, order);
}

function cut<Item>(
  list: string,
  items: readonly Item[],
  { after, limit }: { readonly after: string | undefined; readonly limit: number | undefined },
  { placeOf, isDescending = false }: Order<Item>,
): Page<Item> {
  const isAfter = (one: string, other: string) => (isDescending ? one < other : one > other);
  const left = items
    .filter((item) => after === undefined || isAfter(placeOf(item), after))
    .sort((a, b) => (isAfter(placeOf(a), placeOf(b)) ? 1 : -1));
  const page = left.slice(0, limit);
  const last = page.at(-1);
  const isAll = last === undefined || page.length === left.length;
  return { items: page, nextCursor: encodeCursor(list, isAll ? null : placeOf(last)) };
}
