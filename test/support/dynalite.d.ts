/** The part of dynalite 4.0.0 that tests start; the package publishes no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** DynamoDB in memory, behind its HTTP protocol. */
  function dynalite(options: { createTableMs: number; updateTableMs: number; deleteTableMs: number }): Server;

  // biome-ignore lint/style/noDefaultExport: a CommonJS module's exports are its default export
  export { dynalite as default };
}
