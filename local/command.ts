import { StartError } from '../emulator/start-error.ts';

/** Runs a command of `npm run`: an expected failure is its sentence on stderr and exit code 1. */
export async function runCommand(command: () => void | Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
