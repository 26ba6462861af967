import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { openDatabase } from '../../emulator/aws/database.ts';
import { lockDataFolder } from '../../emulator/data-folder.ts';
import { readPrivateFile, writePrivateFile } from '../../emulator/private-file.ts';
import { storageCauseOf, storageFault } from '../../emulator/storage-fault.ts';
import { openIdentityStore } from '../../local/identity/store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const errno = (code: string) => Object.assign(new Error(`${code}: it says`), { code });
const sqlite = (errcode: number) =>
  Object.assign(new Error('it says'), { code: 'ERR_SQLITE_ERROR', errcode });
const level = (code: string, message: string) =>
  new Error('Database failed to open', { cause: Object.assign(new Error(message), { code }) });
const IO = 'LEVEL_IO_ERROR';

/** Errors, and a word of the sentence for each. */
const CASES: readonly [string, Error, RegExp][] = [
  ['ENOSPC', errno('ENOSPC'), /no room left/],
  ['EDQUOT', errno('EDQUOT'), /no room left/],
  ['EROFS', errno('EROFS'), /only be read/],
  ['EACCES', errno('EACCES'), /may not be read and written/],
  ['EPERM', errno('EPERM'), /may not be read and written/],
  ['EMFILE', errno('EMFILE'), /too many files/],
  ['ENOTDIR', errno('ENOTDIR'), /no folder/],
  ['EEXIST', errno('EEXIST'), /no folder/],
  ['EIO', errno('EIO'), /disk reports errors/],
  ['SQLITE_FULL', sqlite(13), /no room left/],
  ['SQLITE_BUSY', sqlite(5), /another process/],
  ['SQLITE_BUSY_SNAPSHOT', sqlite(517), /another process/],
  ['SQLITE_READONLY', sqlite(8), /only be read/],
  ['SQLITE_PERM', sqlite(3), /may not be read and written/],
  ['SQLITE_CORRUPT', sqlite(11), /is damaged/],
  ['SQLITE_NOTADB', sqlite(26), /is damaged/],
  ['SQLITE_IOERR', sqlite(10), /can't be used/],
  ['SQLITE_CANTOPEN', sqlite(14), /can't be used/],
  [
    'LEVEL_LOCKED',
    level('LEVEL_LOCKED', 'IO error: lock x/LOCK: Resource temporarily unavailable'),
    /another process/,
  ],
  ['LevelDB on a full disk', level(IO, 'IO error: x/000003.log: No space left on device'), /no room left/],
  ['LevelDB on a read-only disk', level(IO, 'IO error: x/LOCK: Read-only file system'), /only be read/],
  ['LevelDB without rights', level(IO, 'IO error: x/LOCK: Permission denied'), /may not be read and written/],
  ['LevelDB on a bad disk', level(IO, 'IO error: x/000005.ldb: Input/output error'), /disk reports errors/],
  [
    'LevelDB with a bad block',
    level('LEVEL_CORRUPTION', 'Corruption: block checksum mismatch'),
    /is damaged/,
  ],
  ['what nobody knows', new Error('out of order'), /can't be used \(out of order\)/],
];

describe('why the data folder can’t be used', () => {
  test.each(CASES)('%s is said as it is, and nobody is told to remove anything', (_, error, words) => {
    const { message } = storageFault('/data/thing', error, folder);
    expect(message).toMatch(words);
    expect(message).toContain('/data/thing');
    expect(message).not.toMatch(/\bremove|\bdelete/i);
    expect(message.split('\n')).toHaveLength(1);
    const isDamage = words.source === 'is damaged';
    expect(/is damaged \(/.test(message)).toBe(isDamage);
    if (isDamage) expect(message).toContain('aside');
  });

  test('an error that does not say so is looked into', () => {
    const { message } = storageFault('/data/thing', sqlite(14), join(folder, 'missing', 'x'));
    expect(message).toContain("can't be used");
    writeFileSync(join(folder, 'file'), '');
    expect(storageFault('/data/thing', sqlite(14), join(folder, 'file')).message).toContain('no folder');
  });

  test('an error of something else is none of storage', () => {
    expect(storageCauseOf(new Error('no space left on device'))).toBeUndefined();
    expect(storageCauseOf(undefined)).toBeUndefined();
    expect(storageCauseOf(Object.assign(new Error('x'), { code: 'toString' }))).toBeUndefined();
  });

  test('what is damaged is called so where it is opened', async () => {
    mkdirSync(join(folder, 'dynamodb'));
    writeFileSync(join(folder, 'dynamodb', 'CURRENT'), 'damage');
    await expect(openDatabase(join(folder, 'dynamodb'), 'eu-central-1')).rejects.toThrow(/is damaged.*aside/);
    const text = 'this is no database at all. '.repeat(100);
    for (const [name, open] of [
      ['identity.sqlite', (path: string) => openIdentityStore(path, () => new Date())],
      ['people.json', (path: string) => readPrivateFile(path, z.object({}))],
    ] as const) {
      writeFileSync(join(folder, name), text);
      expect(() => open(join(folder, name))).toThrow(/is damaged.*aside/s);
    }
    writeFileSync(join(folder, 'lock'), text);
    expect(() => lockDataFolder(folder)).toThrow(/lock is damaged.*aside/);
  });
});

const run = (program: string, args: string[]) => execFileSync(program, args, { stdio: 'ignore' });

/** A disk of a few kilobytes, where this machine lets one be made. */
function smallDisk(): string | undefined {
  const path = join(folder, 'small');
  mkdirSync(path);
  try {
    run('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', path]);
    return path;
  } catch {
    return undefined;
  }
}

test('on a disk that is full, every part says so', async () => {
  const disk = smallDisk();
  if (disk === undefined) return;
  try {
    writeFileSync(join(disk, 'fill'), Buffer.alloc(12 * 1024));
    expect(() => writePrivateFile(join(disk, 'thing.json'), 'x'.repeat(20_000))).toThrow(/ENOSPC/);
    expect(() => openIdentityStore(join(disk, 'identity.sqlite'), () => new Date())).toThrow(/no room left/);
    await expect(openDatabase(join(disk, 'dynamodb'), 'eu-central-1')).rejects.toThrow(/no room left|ENOSPC/);
  } finally {
    run('umount', [disk]);
  }
});

describe('the data folder’s format', () => {
  const format = () => JSON.parse(readFileSync(join(folder, 'format.json'), 'utf8')).format;
  const note = (value: unknown) => writePrivateFile(join(folder, 'format.json'), value);

  test('is noted in a new folder, and in one from before formats were noted', () => {
    const fresh = join(folder, 'fresh');
    lockDataFolder(fresh).close();
    expect(JSON.parse(readFileSync(join(fresh, 'format.json'), 'utf8'))).toEqual({ format: 1 });
    mkdirSync(join(folder, 'identity'));
    lockDataFolder(folder).close();
    expect(format()).toBe(1);
    lockDataFolder(folder).close();
    expect(format()).toBe(1);
  });

  test.each([2, 99])('%d of a newer Keywright is refused with a sentence, and nothing changes', (newer) => {
    note({ format: newer });
    const refused = () => lockDataFolder(folder);
    expect(refused).toThrow(`is of format ${newer}`);
    expect(refused).toThrow('newer one');
    expect(format()).toBe(newer);
  });

  test.each([{ format: 0 }, { format: 1.5 }, {}, null, 'one'])('%j is damage', (value) => {
    note(value);
    expect(() => lockDataFolder(folder)).toThrow('format.json is damaged');
  });

  test('an older folder is carried forward step by step, from where it was cut off', () => {
    const done: string[] = [];
    let isCut = true;
    const steps = [
      () => void done.push('1 to 2'),
      () => {
        done.push('2 to 3');
        if (isCut) throw new Error('cut off');
      },
    ];
    expect(() => lockDataFolder(folder, steps)).toThrow('cut off');
    expect(format()).toBe(2);
    isCut = false;
    lockDataFolder(folder, steps).close();
    expect([format(), done]).toEqual([3, ['1 to 2', '2 to 3', '2 to 3']]);
    lockDataFolder(folder, steps).close();
    expect(done).toHaveLength(3);
    expect(() => lockDataFolder(folder)).toThrow('is of format 3');
  });
});
