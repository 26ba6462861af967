/** In place of `core/aws/post.ts`, which sends over sockets: what the request plane calls is the world's. */
import { activeWorld } from '../active-world.ts';

/** As in `core/aws/post.ts`. */
export function sender(endpoint: URL, path = '/') {
  return (headers: Record<string, string>, body: string, timeoutMilliseconds: number) =>
    activeWorld().wire.post(endpoint, path, headers, body, timeoutMilliseconds);
}
