/** Does work in which so many read before any of them writes to the store. */
export async function atOnce<Result>(
  store: { update: (...change: never[]) => Promise<void> },
  count: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const update = store.update.bind(store);
  const all = Promise.withResolvers<void>();
  let ready = 0;
  store.update = async (...change) => {
    ready += 1;
    if (ready === count) all.resolve();
    await all.promise;
    return update(...change);
  };
  try {
    return await work();
  } finally {
    store.update = update;
  }
}
