import { randomUUID } from 'node:crypto';
import type { LocalServer } from '../support/local-server.ts';
import { beginning, type KeyAnswer, type KnownKey, knownKey, type Step, textOf } from './crash-history.ts';

/** A change that a client asks for. */
interface Attempt {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: object;
  readonly idempotencyKey?: string;
  /** What holds once the server has acknowledged. */
  acknowledged(answer: Answer): void;
  /** After a crash without an answer: finds out whether the change was made, and then as above. */
  settle(): Promise<void>;
}

interface Answer {
  readonly key: KeyAnswer;
  readonly secret?: string;
}

interface AuditRecord {
  readonly id: string;
  readonly type: string;
  readonly subject: { readonly id: string };
}

/** The same before and after a crash: another person's Idempotency-Key is another key, and would make a second item. */
const ADMIN = 'admin@keywright.test';

const MOST_KEYS = 8;

/**
 * An admin's program that changes keys and a role of its own tenant, one change after another, and keeps
 * count of what was acknowledged.
 */
export class CrashClient {
  readonly tenantId: string;
  /** Answers that no client of a healthy server gets. */
  readonly unexpected: string[] = [];
  readonly #keys: KnownKey[] = [];
  readonly #random: () => number;
  /** What was acknowledged, by subject, in order: as many events must be in the audit log. */
  readonly #expected = new Map<string, Step[]>();
  #server: LocalServer;
  #token = '';
  #role = '';
  #unanswered: Attempt | undefined;

  constructor(tenantId: string, server: LocalServer, random: () => number) {
    this.tenantId = tenantId;
    this.#server = server;
    this.#random = random;
  }

  async createTenant(): Promise<void> {
    this.#token = await this.#server.token(ADMIN);
    await this.#send('POST', '/v1/tenants', { tenantId: this.tenantId, name: 'Crash' });
    this.#expect(this.tenantId, 'tenant.created', '');
  }

  /** Makes changes until the server dies. */
  async work(): Promise<void> {
    for (;;) {
      const attempt = this.#choose();
      this.#unanswered = attempt;
      try {
        const { status, body } = await this.#send(
          attempt.method,
          attempt.path,
          attempt.body,
          attempt.idempotencyKey,
        );
        this.#unanswered = undefined;
        if (status < 300) attempt.acknowledged(body as Answer);
        else this.unexpected.push(`${attempt.method} ${attempt.path} answered ${status}`);
      } catch {
        return;
      }
    }
  }

  /** Goes on with the server that was started after the crash: settles what had no answer. */
  async resume(server: LocalServer): Promise<void> {
    this.#server = server;
    this.#token = await server.token(ADMIN);
    await this.#unanswered?.settle();
    this.#unanswered = undefined;
  }

  get changes(): number {
    return [...this.#expected.values()].flat().length;
  }

  /** What the server should hold, in the form in which `observed` gives what it holds. */
  expected() {
    return {
      // Of a revoked key none works, and none is shown.
      keys: this.#keys
        .map(({ keyId, hint, status }) => `${keyId} ${status === 'revoked' ? '' : hint} ${status}`)
        .sort(),
      role: this.#role,
      events: Object.fromEntries(
        [...this.#expected].sort().map(([subject, steps]) => [subject, steps.map(({ type }) => type)]),
      ),
    };
  }

  /** How many changes of each subject were acknowledged until now. */
  counts(): ReadonlyMap<string, number> {
    return new Map([...this.#expected].map(([subject, steps]) => [subject, steps.length]));
  }

  /**
   * Goes on with a Region that has taken the control plane over, and with what it has: a copy, of which the end may be
   * missing. Returns what was acknowledged and is not there, by subject.
   * @throws Error for an item or events that are no beginning of what was acknowledged
   */
  async adopt(server: LocalServer): Promise<ReadonlyMap<string, readonly Step[]>> {
    this.#server = server;
    this.#token = await server.token(ADMIN);
    this.#unanswered = undefined;
    await this.#published();
    const records = Map.groupBy(await this.auditRecords(), ({ subject }) => subject.id);
    const keys = await this.#list<Answer['key']>(`/v1/tenants/${this.tenantId}/keys`);
    const states = new Map(keys.map((key) => [key.keyId, textOf(knownKey(key))]));
    const role = await this.#send('GET', this.#rolePath);
    if (role.status === 200) states.set('crash', (role.body as { description: string }).description);
    states.set(this.tenantId, '');
    this.#role = states.get('crash') ?? '';
    this.#keys.splice(0, Infinity, ...keys.map(knownKey));
    const lost = new Map<string, readonly Step[]>();
    for (const subject of new Set([...this.#expected.keys(), ...states.keys(), ...records.keys()])) {
      const steps = this.#expected.get(subject) ?? [];
      const types = (records.get(subject) ?? []).map(({ type }) => type);
      const { kept, missing } = beginning(subject, { steps, types, state: states.get(subject) });
      this.#expected.set(subject, kept);
      if (missing.length > 0) lost.set(subject, missing);
    }
    return lost;
  }

  /** Makes a change, and waits for its event: the stream's earlier ones were published before. */
  async #published(): Promise<void> {
    const attempt = this.#createKey();
    const { body } = await this.#send(attempt.method, attempt.path, attempt.body, attempt.idempotencyKey);
    const { keyId } = (body as Answer).key;
    const deadline = Date.now() + 60_000;
    while (!(await this.auditRecords()).some(({ subject }) => subject.id === keyId)) {
      if (Date.now() > deadline) throw new Error(`the event of ${keyId} was never published`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    attempt.acknowledged(body as Answer);
  }

  /** Reads keys, role and audit log; waits for events that are still on their way. */
  async observed() {
    const keys = await this.#list<Answer['key']>(`/v1/tenants/${this.tenantId}/keys`);
    const role = this.#role && (await this.#get<{ description: string }>(this.#rolePath)).description;
    let records = await this.auditRecords();
    const deadline = Date.now() + 20_000;
    while (records.length < this.changes && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      records = await this.auditRecords();
    }
    const events = new Map<string, string[]>();
    for (const { type, subject } of records)
      events.set(subject.id, [...(events.get(subject.id) ?? []), type]);
    return {
      keys: keys.map((key) => `${key.keyId} ${key.secrets[0]?.hint ?? ''} ${key.status}`).sort(),
      role,
      events: Object.fromEntries([...events].sort()),
    };
  }

  /** The tenant's records, oldest first. */
  async auditRecords(): Promise<AuditRecord[]> {
    const records = await this.#list<AuditRecord>(`/v1/audit?tenantId=${this.tenantId}`);
    return records.reverse();
  }

  get #rolePath(): string {
    return `/v1/tenants/${this.tenantId}/roles/crash`;
  }

  #choose(): Attempt {
    const live = this.#keys.filter(({ status }) => status !== 'revoked');
    const key = live[Math.floor(this.#random() * live.length)];
    const choice = this.#random();
    if (key === undefined || (choice < 0.3 && live.length < MOST_KEYS)) return this.#createKey();
    if (choice < 0.6) return key.overlapping ? this.#endOverlap(key) : this.#rotateKey(key);
    if (choice < 0.75) return this.#putRole();
    if (choice < 0.85) return this.#changeStatus(key, 'revoke', 'revoked');
    return key.status === 'active'
      ? this.#changeStatus(key, 'disable', 'disabled')
      : this.#changeStatus(key, 'enable', 'active');
  }

  #createKey(): Attempt {
    const path = `/v1/tenants/${this.tenantId}/keys`;
    const body = { name: 'Crash', type: 'secret', environment: 'sandbox', role: 'reader' };
    const idempotencyKey = randomUUID();
    const acknowledged = ({ key }: Answer) => {
      const known = knownKey(key);
      this.#keys.push(known);
      this.#expectOf(known, 'apiKey.created');
    };
    return {
      method: 'POST',
      path,
      body,
      idempotencyKey,
      acknowledged,
      // Asking again makes the key where there is none, and no second one where there is.
      settle: async () => acknowledged((await this.#send('POST', path, body, idempotencyKey)).body as Answer),
    };
  }

  #rotateKey(key: KnownKey): Attempt {
    const overlapSeconds = this.#random() < 0.5 ? 0 : 3600;
    const acknowledged = (hint: string) => {
      key.hint = hint;
      key.overlapping = overlapSeconds > 0;
      this.#expectOf(key, 'apiKey.rotated');
    };
    return {
      method: 'POST',
      path: `${this.#keyPath(key)}/rotate`,
      body: { overlapSeconds },
      acknowledged: ({ secret = '' }) => acknowledged(secret.slice(-4)),
      settle: async () => {
        const hint = (await this.#get<Answer['key']>(this.#keyPath(key))).secrets[0]?.hint ?? '';
        if (hint !== key.hint) acknowledged(hint);
      },
    };
  }

  #endOverlap(key: KnownKey): Attempt {
    const acknowledged = () => {
      key.overlapping = false;
      this.#expectOf(key, 'apiKey.overlapEnded');
    };
    return {
      method: 'POST',
      path: `${this.#keyPath(key)}/end-overlap`,
      body: {},
      acknowledged,
      settle: async () => {
        if ((await this.#get<Answer['key']>(this.#keyPath(key))).secrets.length === 1) acknowledged();
      },
    };
  }

  #changeStatus(key: KnownKey, verb: 'disable' | 'enable' | 'revoke', status: KnownKey['status']): Attempt {
    const acknowledged = () => {
      key.status = status;
      this.#expectOf(key, `apiKey.${verb}d`);
    };
    return {
      method: 'POST',
      path: `${this.#keyPath(key)}/${verb}`,
      body: {},
      acknowledged,
      settle: async () => {
        if ((await this.#get<Answer['key']>(this.#keyPath(key))).status === status) acknowledged();
      },
    };
  }

  #putRole(): Attempt {
    const description = randomUUID();
    const acknowledged = () => {
      this.#role = description;
      this.#expect('crash', 'role.changed', description);
    };
    return {
      method: 'PUT',
      path: this.#rolePath,
      body: { permissions: ['orders:read'], description },
      acknowledged,
      settle: async () => {
        const { status, body } = await this.#send('GET', this.#rolePath);
        if (status === 200 && (body as { description: string }).description === description) acknowledged();
      },
    };
  }

  #keyPath({ keyId }: KnownKey): string {
    return `/v1/tenants/${this.tenantId}/keys/${keyId}`;
  }

  #expectOf({ keyId, ...state }: KnownKey, type: string): void {
    this.#expect(keyId, type, textOf(state));
  }

  #expect(subject: string, type: string, state: string): void {
    this.#expected.set(subject, [...(this.#expected.get(subject) ?? []), { type, state }]);
  }

  async #get<T>(path: string): Promise<T> {
    const { status, body } = await this.#send('GET', path);
    if (status !== 200) throw new Error(`GET ${path} answered ${status}`);
    return body as T;
  }

  async #list<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let cursor = '';
    for (;;) {
      const page = await this.#get<{ items: T[]; nextCursor: string | null }>(
        `${path}${path.includes('?') ? '&' : '?'}limit=100${cursor}`,
      );
      items.push(...page.items);
      if (page.nextCursor === null) return items;
      cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
  }

  async #send(method: string, path: string, body?: object, idempotencyKey?: string) {
    const response = await fetch(this.#server.managementUrl + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        authorization: `Bearer ${this.#token}`,
        'content-type': 'application/json',
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
    });
    return { status: response.status, body: (await response.json()) as unknown };
  }
}
