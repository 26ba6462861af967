import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** Kept-alive connections to a service. */
export function connections(secure: boolean): HttpAgent | HttpsAgent {
  return new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 50 });
}

/**
 * Closes the connections that nobody is using. When one has failed the others may be dead as well, without
 * having said so: a function's environment is frozen between calls and does not hear of it.
 */
export function dropIdle(agent: HttpAgent | HttpsAgent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}
