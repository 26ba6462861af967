import { expect, test } from '@jest/globals';
import { readSettings } from '../../local/settings.ts';

const regionsWith = (...options: string[]) => readSettings({ PORT: '5000' }, options).otherRegions;

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
