import type { paths } from '../../../../client/keywright-client.ts';

export type ReadPath = {
  [Path in keyof paths]: paths[Path] extends { get: object } ? Path : never;
}[keyof paths];

export type Params<Path extends ReadPath> = paths[Path] extends { get: { parameters: infer P } }
  ? Pick<P, keyof P & ('query' | 'path')>
  : never;

/** What reading a path answers. */
export type Answer<Path extends ReadPath> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

/** What is posted to a path. */
export type Sent<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody: { content: { 'application/json': infer Body } } };
}
  ? Body
  : never;
