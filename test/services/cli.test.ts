import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { KeyFormat } from '../../core/domain/key-format.ts';

const cli = join(import.meta.dirname, '../../bin/cli.ts');

function keywright(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...words], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('keywright keys inspect', () => {
  const key = new KeyFormat().mint('sk', 'sandbox', 'yAlP9B8aUrgK', randomBytes);

  test('names type, environment and id of a key, and never its secret', async () => {
    const plain = await keywright('keys', 'inspect', key);
    expect(plain).toEqual({
      code: 0,
      stdout: 'type sk (secret), environment sandbox, id yAlP9B8aUrgK\n',
      stderr: '',
    });
    const { stdout } = await keywright('keys', 'inspect', '--json', key);
    expect(JSON.parse(stdout)).toEqual({
      valid: true,
      type: 'sk',
      environment: 'sandbox',
      id: 'yAlP9B8aUrgK',
    });
  });

  test('exits with 1 and says what is wrong, without the text', async () => {
    const damaged = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
    const { code, stdout, stderr } = await keywright('keys', 'inspect', damaged);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/checksum/);
    expect(stderr).not.toContain(key.slice(20, 40));
    const json = await keywright('keys', 'inspect', damaged, '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ valid: false, reason: 'checksum' });
  });

  test("knows an operator's own prefix", async () => {
    const acme = new KeyFormat('acme').mint('pk', 'live', 'yAlP9B8aUrgK', randomBytes);
    expect((await keywright('keys', 'inspect', '--vendor', 'acme', acme)).stdout).toMatch(
      /pk \(publishable\), environment live/,
    );
    expect((await keywright('keys', 'inspect', acme)).code).toBe(1);
  });

  test('wrong usage exits with 2', async () => {
    expect((await keywright('keys', 'inspect')).code).toBe(2);
    expect((await keywright('keys', 'inspect', '--vendor', 'A_', key)).code).toBe(2);
    expect((await keywright('nonsense')).code).toBe(2);
  });
});
