import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../support/local-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'keywright-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));
const cli = [process.execPath, '--disable-warning=ExperimentalWarning', join(PROJECT, 'bin/cli.ts')];
mkdirSync(join(folder, '.config'));
writeFileSync(join(folder, 'keywright'), `#!/bin/sh\nexec ${cli.join(' ')} "$@"\n`, { mode: 0o755 });
writeFileSync(join(folder, 'partners.csv'), '');

/**
 * What a shell reads as it starts: it says when it is ready, and prints what is typed at Ctrl-X; fish what fits as well,
 * which it draws once nothing more is typed.
 */
const SHELLS = {
  bash: {
    start: 'bash --noprofile --rcfile .bashrc -i',
    file: '.bashrc',
    text: `PS1='READY>'
eval "$(keywright completion bash)"
bind -x '"\\C-x": echo "LINE=<$READLINE_LINE>"'`,
  },
  zsh: {
    start: 'zsh -d -i',
    file: '.zshrc',
    text: `PS1='READY>'
autoload -Uz compinit && compinit -u -D
eval "$(keywright completion zsh)"
typed() { echo; echo "LINE=<$BUFFER>" }
zle -N typed
bindkey '^X' typed`,
  },
  fish: {
    start: "fish --no-config --init-command 'source rc.fish' -i",
    file: 'rc.fish',
    text: `function fish_prompt; echo 'READY>'; end
keywright completion fish | source
bind \\cx 'echo; complete -C (commandline); echo "LINE=<"(commandline)">"'`,
  },
};

/** Types into a shell on a terminal of its own. @returns the line at last, and all that was on the screen */
async function typed(shell: keyof typeof SHELLS, keys: string): Promise<{ line: string; screen: string }> {
  const { start, file, text } = SHELLS[shell];
  writeFileSync(join(folder, file), `${text}\n`);
  const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder, TERM: 'dumb', LANG: 'C.UTF-8' };
  const child = spawn('script', ['-q', '-c', start, '/dev/null'], { cwd: folder, env });
  let screen = '';
  const until = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(screen);
        if (found) resolve(found[1] ?? '');
      };
      child.stdout.on('data', (chunk) => {
        screen += chunk;
        look();
      });
      child.on('close', () => reject(new Error(`${shell} ended: ${screen}`)));
      look();
    });
  try {
    await until(/READY>/);
    child.stdin.write(`${keys}\x18`);
    return { line: await until(/LINE=<([^>]*)>/), screen };
  } finally {
    child.kill('SIGKILL');
  }
}

describe.each(['bash', 'zsh', 'fish'] as const)('in %s', (shell) => {
  const isThere = spawnSync(shell, ['--version']).status === 0;
  if (!isThere) process.stderr.write(`Skipped: completion in ${shell}. apt-get install ${shell}\n`);
  const there = isThere ? test : test.skip;

  there.each([
    ['keywright comp', 'keywright completion '],
    ['keywright keys ro', 'keywright keys rotate '],
    ['keywright --tenant tenant_acme keys ro', 'keywright --tenant tenant_acme keys rotate '],
    ['keywright keys rotate "CI deploy" --secr', 'keywright keys rotate "CI deploy" --secret-file '],
    ['keywright apis client-key unp', 'keywright apis client-key unpublish '],
    ['keywright keys list --environment sa', 'keywright keys list --environment sandbox '],
    ['keywright keys import par', 'keywright keys import partners.csv '],
  ])('%s, and tab', async (line, completed) => {
    expect((await typed(shell, `${line}\t`)).line).toBe(completed);
  });

  there('all that fit are shown', async () => {
    const { screen } = await typed(shell, shell === 'fish' ? 'keywright keys re\t' : 'keywright keys re\t\t');
    for (const word of ['receipt', 'revoke']) expect(screen).toContain(word);
    expect(screen).not.toContain('rotate');
  });
});
