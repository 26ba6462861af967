/**
 * Gives up an attempt that takes too long. Timers run before sockets are read, so a process that was busy
 * for a while, as a small function is while it starts, first looks at what arrived meanwhile.
 * @param giveUp called once, unless the returned function is called first
 */
export function attemptTimer(milliseconds: number, giveUp: (error: Error) => void): () => void {
  let lastLook: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    lastLook = setImmediate(giveUp, new Error(`no answer within ${milliseconds} ms`));
  }, milliseconds);
  return () => {
    clearTimeout(timer);
    clearImmediate(lastLook);
  };
}
