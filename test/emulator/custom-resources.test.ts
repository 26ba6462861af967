import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { carryOutCustomResources } from '../../emulator/custom-resources.ts';

const folder = mkdtempSync(join(tmpdir(), 'keywright-custom-resources-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Event {
  readonly RequestType: string;
  readonly ResponseURL: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: { readonly Size?: string; readonly Id?: string };
  readonly OldResourceProperties?: { readonly Size?: string };
}
const asked: [string, string | undefined, string | undefined][] = [];
let behave: (event: Event) => Promise<unknown>;
const answer = async ({ ResponseURL }: Event, body: object, headers = {}) =>
  (await fetch(ResponseURL, { method: 'PUT', headers, body: Buffer.from(JSON.stringify(body)) })).status;
const succeed = async (event: Event) => {
  const { RequestType, PhysicalResourceId, ResourceProperties, OldResourceProperties } = event;
  asked.push([RequestType, PhysicalResourceId ?? OldResourceProperties?.Size, ResourceProperties.Size]);
  return answer(event, { Status: 'SUCCESS', PhysicalResourceId: ResourceProperties.Id ?? 'thing' });
};

/** A start with this one resource, or with none. */
async function start(properties?: object, path = 'made.json'): Promise<typeof asked> {
  const resource = { PhysicalId: null, Arn: null, Metadata: {}, Type: 'Custom::Thing' };
  const Properties = { ServiceToken: 'arn:aws:lambda:eu-central-1:0:function:things', ...properties };
  const resources = properties === undefined ? {} : { Thing: { ...resource, Properties } };
  await carryOutCustomResources(
    { stacks: [{ name: 'Theirs', resources }], assemblyDir: folder },
    {
      deployment: { invoke: (_, event) => behave(event as Event), close: async () => undefined },
      ...{ accountId: '000000000000', region: 'eu-central-1', log: () => undefined },
      ...{ path: join(folder, path), longestWaitMilliseconds: 300 },
    },
  );
  return asked.splice(0);
}

test('a custom resource is made once, changed with its properties, and deleted when it goes', async () => {
  behave = succeed;
  expect(await start({ Size: 1 })).toEqual([['Create', undefined, '1']]);
  expect(await start({ Size: 1 })).toEqual([]);
  expect(await start({ Size: true })).toEqual([['Update', 'thing', 'true']]);
  // Another id: the one before is ended.
  expect(await start({ Size: 2, Id: 'other' })).toEqual([
    ['Update', 'thing', '2'],
    ['Delete', 'thing', 'true'],
  ]);
  expect(await start()).toEqual([['Delete', 'other', '2']]);
  expect(JSON.parse(readFileSync(join(folder, 'made.json'), 'utf8'))).toEqual({});
});

test('one that fails, says nothing or answers otherwise than CloudFormation takes stops the start', async () => {
  const failing = (how: typeof behave) => {
    behave = how;
    return expect(start({ Size: 1 }, 'failed.json')).rejects;
  };
  await failing((event) =>
    answer(event, { Status: 'FAILED', PhysicalResourceId: 'x', Reason: 'no room' }),
  ).toThrow("Custom::Thing Theirs/Thing can't be made: no room");
  await failing(async () => {
    throw new Error('thrown');
  }).toThrow('thrown');
  await failing((event) => answer(event, { Status: 'FINE' })).toThrow('what is no answer');
  const statuses: number[] = [];
  await failing(async (event) => {
    // The address is signed for no content type.
    const body = { Status: 'SUCCESS', PhysicalResourceId: 'x' };
    statuses.push(await answer(event, body, { 'content-type': 'application/json' }));
    statuses.push(await answer({ ...event, ResponseURL: `${event.ResponseURL}0` }, body));
  }).toThrow('its function gave no answer');
  expect(statuses).toEqual([403, 403]);
  behave = succeed;
  expect(await start({ Size: 1 }, 'failed.json')).toEqual([['Create', undefined, '1']]);
});
