/**
 * jest-light-runner (0.8.2) gives what workers need to all who have a task as soon as one of them asks, and to each
 * once. A worker that is still loading misses it, and waits for ever when it asks in its turn; so does the whole run.
 * Loaded first in each worker, this keeps what comes early until it is asked for.
 */
const ASKED = 'jest-light-runner-get-worker-data';
const GIVEN = 'jest-light-runner-worker-data';

// What a test forks has the same arguments, and would not end while it listens.
if (process.send !== undefined && /\btinypool\b/.test(process.argv[1] ?? '')) {
  const send = process.send.bind(process);
  let early;
  process.on('message', (message) => {
    if (message?.type === GIVEN) early = message;
  });
  process.send = (message, ...more) => {
    if (message !== ASKED || early === undefined) return send(message, ...more);
    setImmediate(() => process.emit('message', early));
    return true;
  };
}
