/**
 * What keeps this Node from running Keywright, in one sentence; undefined for nothing. TypeScript is run as it
 * is, which Node does from 22.18 on, and the rest of the code needs 24.
 * @param {{ version: string, runsTypeScript: boolean }} node
 * @returns {string | undefined}
 */
export function nodeProblem({ version, runsTypeScript }) {
  const advice =
    'install Node 24 (nodejs.org), or on Linux and on Macs with Intel processors run `npm install` with optional dependencies, which brings it.';
  const [major = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (major < 24) return `Keywright needs Node 24 or newer and this is ${version}; ${advice}`;
  if (runsTypeScript) return undefined;
  return `Keywright needs a Node that runs TypeScript, which this ${version} was built or told not to; ${advice}`;
}
