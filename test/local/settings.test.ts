import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { asksForHelp, HELP } from '../../local/help.ts';
import { moveControlPlane, servicesFolder } from '../../local/main-region.ts';
import { readSettings } from '../../local/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'keywright-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const settingsWith = (...options: string[]) =>
  readSettings({ PORT: '5000', KEYWRIGHT_DATA_DIR: folder }, options);
const regionsWith = (...options: string[]) => settingsWith(...options).otherRegions;

test('each Region beside the main one has two ports behind its three', () => {
  expect(regionsWith()).toEqual([]);
  expect(regionsWith('--regions', '1')).toEqual([]);
  expect(regionsWith('--regions=3')).toEqual([
    { name: 'eu-west-1', gatewayPort: 5003, verifyPort: 5004 },
    { name: 'us-east-1', gatewayPort: 5005, verifyPort: 5006 },
  ]);
});

test.each([
  [['--regions', '0']],
  [['--regions', '5']],
  [['--regions', '2.5']],
  [['--regions', 'two']],
  [['--regions']],
  [['--region', '2']],
  [['2']],
])('%j stops the start with a sentence', (options) => {
  expect(() => regionsWith(...options)).toThrow(/expected --regions and how many, 1 to 4/);
});

test('there must be room for all ports', () => {
  expect(() => readSettings({ PORT: '65533' }, ['--regions', '2'])).toThrow(/PORT is "65533"/);
});

test('the Region that took the control plane over keeps it, and must have copies', () => {
  const dataDir = join(folder, 'moved');
  const settings = (...options: string[]) => readSettings({ KEYWRIGHT_DATA_DIR: dataDir }, options);
  expect(settings().mainRegion).toBe('eu-central-1');
  const named = settings('--main', 'eu-west-1', '--regions', '2');
  expect([named.mainRegion, named.otherRegions.map(({ name }) => name)]).toEqual([
    'eu-west-1',
    ['eu-central-1'],
  ]);
  expect(() => moveControlPlane(dataDir, 'eu-west-1')).toThrow(/eu-west-1 has no copy of /);
  const copies = servicesFolder(dataDir, 'eu-west-1');
  mkdirSync(join(copies, 'dynamodb'), { recursive: true });
  expect(() => moveControlPlane(dataDir, 'eu-west-1')).toThrow(/has no copy/);
  writeFileSync(join(copies, 'secrets.json'), '{}');
  mkdirSync(servicesFolder(dataDir, 'eu-central-1'));
  expect(settings().mainRegion).toBe('eu-central-1');
  moveControlPlane(dataDir, 'eu-west-1');
  expect(settings().mainRegion).toBe('eu-west-1');
  expect([existsSync(servicesFolder(dataDir, 'eu-central-1')), existsSync(copies)]).toEqual([false, true]);
  expect(() => moveControlPlane(dataDir, 'us-east-1')).toThrow(/us-east-1 has no copy/);
});

test.each([
  [['--main', 'eu-north-1'], /expected --main and one of eu-central-1, eu-west-1/],
  [['--consistency', 'sure'], /expected --consistency and eventual or strong/],
  [['--consistency', 'strong'], /expected --consistency strong with --regions 2/],
  [['--consistency', 'strong', '--regions', '3'], /with --regions 2/],
  [['--consistency', 'strong', '--regions', '2', '--main', 'us-east-1'], /eu-central-1 and eu-west-1/],
])('%j stops the start', (options, sentence) => {
  expect(() => settingsWith(...options)).toThrow(sentence);
});

test('strong consistency is asked for', () => {
  expect(settingsWith('--regions', '2').consistency).toBe('eventual');
  expect(settingsWith('--regions', '2', '--consistency', 'strong').consistency).toBe('strong');
});

test('help has every option and variable that is read, and is asked for in two ways', () => {
  const source = readFileSync(new URL('../../local/settings.ts', import.meta.url), 'utf8');
  const variables = source.match(/\b(?:PORT|KEYWRIGHT_[A-Z_]+)\b/g) ?? [];
  const options = source.match(/(?<=\s)--[a-z]+/g) ?? [];
  for (const name of new Set([...variables, ...options])) expect(HELP).toContain(name);
  expect([['--help'], ['-h'], ['--regions', '2'], []].map(asksForHelp)).toEqual([true, true, false, false]);
});
