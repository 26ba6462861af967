import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import { managementOf } from '../../smoke/management.ts';
import { exitCodeOf, pageOf } from '../../smoke/report.ts';
import { runSmoke } from '../../smoke/run.ts';
import { Undo } from '../../smoke/undo.ts';

// Claims alone: nobody here looks at a signature.
const TOKEN = `e30.${Buffer.from('{"amr":["mfa"]}').toString('base64url')}.c2ln`;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Failure = 'yes' | 'no' | 'hang' | 'lost';

/** A management API that has the tenant, makes keys, and goes wrong where it is told to. */
async function management(fails: (request: string, made: number) => Failure) {
  /** Names of keys that open something, by id. */
  const live = new Map<string, string>();
  let made = 0;
  const server = createServer(async (incoming, response) => {
    const request = `${incoming.method} ${incoming.url}`;
    const answer = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
    const how = fails(request, made);
    const [, revoked] = /^POST .*\/keys\/(\w+)\/revoke$/.exec(request) ?? [];
    if (how === 'hang') return;
    if (how === 'yes') answer(500, { error: { message: 'out of order' } });
    else if (revoked !== undefined) answer(live.delete(revoked) ? 200 : 409, {});
    else if (/^POST .*\/keys$/.test(request)) {
      const keyId = `key_${++made}`;
      live.set(keyId, JSON.parse(await text(incoming)).name);
      if (how === 'lost') response.destroy();
      else answer(201, { key: { keyId }, secret: 'shown-once' });
    } else if (/^GET .*\/(keys|subscriptions)\?/.test(request)) {
      const keys = [...live].map(([keyId, name]) => ({ keyId, name }));
      answer(200, { items: request.includes('/keys?') ? keys : [] });
    } else answer(200, request.startsWith('GET /v1/apis/') ? API : { status: 'active' });
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, live, made: () => made };
}

const API = { name: 'orders', environment: 'sandbox', scheme: 'tenant', oauth: null, routes: [] };

function run(url: string, signal = new AbortController().signal) {
  return runSmoke({
    ...{ url, token: TOKEN, signal, progress: () => undefined },
    management: managementOf(url, TOKEN, signal),
    cleaner: managementOf(url, TOKEN),
    ...{ aws: undefined, alarmTopic: undefined, brakeUrl: undefined, isLocal: false, signing: undefined },
    ...{ oauthToken: undefined, firstToken: undefined },
    addresses: [{ kind: 'rest', apiId: 'api_Orders000001', url: `${url}/orders` }],
  });
}

test('a run that fails half-way ends every key that it had made, and says what it could not ask', async () => {
  const api = await management((request, made) =>
    made === 3 && /keys$|audit|usage/.test(request) ? 'yes' : 'no',
  );
  const outcome = await run(api.url);
  expect(api.made()).toBe(3);
  expect([...api.live]).toEqual([]);
  expect(outcome.leftBehind).toEqual([]);
  expect(pageOf(outcome, { coloured: false })).toMatch(
    /unclear +API keys could not be asked after: [^.]* answered 500: out of\s+order/,
  );
});

test('a key that can’t be ended is named, with when it ends by itself, and holds up no other', async () => {
  const api = await management((request, made) =>
    /key_2\/revoke/.test(request) || (made === 3 && /keys$|audit|usage/.test(request)) ? 'yes' : 'no',
  );
  const outcome = await run(api.url);
  expect([...api.live.keys()]).toEqual(['key_2']);
  expect(outcome.leftBehind).toEqual([
    expect.stringMatching(/^key_2 of \w+, until 2\d{3}-.*revoking answered 500/),
    expect.stringMatching(
      /^keys and subscriptions of \w+ that are called Smoke test .*revoking answered 500/,
    ),
  ]);
  expect(exitCodeOf(outcome)).toBe(1);
});

test('a key whose making was never answered is found by its run’s name, and others’ keys are left alone', async () => {
  const api = await management((request, made) => (made === 1 && /keys$/.test(request) ? 'lost' : 'no'));
  api.live.set('key_other', 'Smoke test of somebody else');
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 1000);
  const outcome = await run(api.url, stop.signal);
  expect(api.made()).toBeGreaterThan(1);
  expect([...api.live.keys()]).toEqual(['key_other']);
  expect(outcome.leftBehind).toEqual([]);
});

test('a run that is stopped while it waits ends its keys all the same', async () => {
  const stop = new AbortController();
  const api = await management((request, made) => {
    if (made < 2 || !/keys$/.test(request)) return 'no';
    setImmediate(() => stop.abort());
    return 'hang';
  });
  const outcome = await run(api.url, stop.signal);
  expect([...api.live]).toEqual([]);
  expect(outcome).toMatchObject({ cutShort: 'it was stopped', leftBehind: [] });
});

test('neither token nor secret is ever on the page', async () => {
  const api = await management(() => 'no');
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 1500);
  const outcome = await run(api.url, stop.signal);
  expect(JSON.stringify(outcome)).not.toMatch(/shown-once|e30\./);
});

test('what was made is taken away newest first, each once', async () => {
  const taken: string[] = [];
  const undo = new Undo();
  undo.add('first', async () => taken.push('first'));
  undo.add('second', async () => taken.push('second'));
  expect([await undo.all(), await undo.all()]).toEqual([[], []]);
  expect(taken).toEqual(['second', 'first']);
});
