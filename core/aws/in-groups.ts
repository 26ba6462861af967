/** What comes of each, in their order: of a group at once, and of the next when all of that one are through. */
export async function inGroups<Each, Result>(
  all: readonly Each[],
  size: number,
  work: (each: Each) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let i = 0; i < all.length; i += size)
    results.push(...(await Promise.all(all.slice(i, i + size).map(work))));
  return results;
}
