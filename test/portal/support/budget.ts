/** Bytes of a first load of a page of keys, compressed with Brotli. */
export const BUDGET = { scripts: 320 * 1024, styles: 110 * 1024 };
