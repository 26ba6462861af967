import type { Cast } from './cast.ts';
import type { Asking, ControlInvariants } from './control-invariants.ts';
import type { ControlPlane, Operation, OperationAnswer } from './control-plane.ts';
import type { Deed } from './script.ts';
import type { World } from './world.ts';

type Request = Pick<Operation, 'line' | 'body' | 'headers'> & { readonly pk?: string };

/** Who asks for operations, and what they learn from the answers. */
export class Admins {
  readonly #world: World;
  readonly #cast: Cast;
  readonly #invariants: ControlInvariants;
  #requests = 0;
  /** Operations by what they came to. */
  readonly outcomes = new Map<string, number>();

  constructor(world: World, cast: Cast, invariants: ControlInvariants) {
    this.#world = world;
    this.#cast = cast;
    this.#invariants = invariants;
  }

  async do(deed: Deed, admin: number, plane: ControlPlane): Promise<OperationAnswer | undefined> {
    const request = this.#requestOf(deed);
    if (request === undefined) return undefined;
    const requestId = `admin-${++this.#requests}`;
    const asking: Asking = { deed, requestId, pk: request.pk, from: this.#world.now };
    this.#invariants.asks(asking);
    const answer = await plane.call({ ...request, person: `admin-${admin}`, requestId });
    asking.to = this.#world.now;
    asking.answer = answer;
    this.#learn(deed, answer);
    this.#invariants.judgeAnswer(asking);
    const outcome = `${answer.status}`;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    return answer;
  }

  #requestOf(deed: Deed): Request | undefined {
    if ('key' in deed) return this.#keyRequest(deed);
    if ('subscription' in deed) return this.#subscriptionRequest(deed);
    if ('approval' in deed) {
      const approvalId = this.#cast.approvals.at(-1 - deed.approval);
      return approvalId === undefined ? undefined : { line: `POST /v1/approvals/${approvalId}/${deed.op}` };
    }
    return this.#tenantRequest(deed);
  }

  #keyRequest(deed: Extract<Deed, { key: number }>): Request {
    const { keyId, tenantId } = this.#cast.key(deed.key);
    const path = `/v1/tenants/${tenantId}/keys/${keyId}`;
    const pk = `CRED#${keyId.slice(-12)}`;
    const post = (action: string, body: object = {}) => ({ line: `POST ${path}/${action}`, body, pk });
    const patch = (body: object) => ({ line: `PATCH ${path}`, body, pk });
    switch (deed.op) {
      case 'rotateKey':
        return post('rotate', { overlapSeconds: deed.overlapSeconds });
      case 'endOverlap':
        return post('end-overlap');
      case 'disableKey':
        return post('disable');
      case 'enableKey':
        return post('enable');
      case 'revokeKey':
        return post('revoke', { reason: 'the world' });
      case 'renameKey':
        return patch({ name: `renamed ${this.#requests}` });
      case 'restrictKey':
        return patch({ permissions: deed.permissions });
      case 'expireKey':
        return patch({ expiresAt: this.#in(deed.expiresIn) });
    }
  }

  #subscriptionRequest(deed: Extract<Deed, { subscription: number }>): Request {
    const { subscriptionId } = this.#cast.subscription(deed.subscription);
    const pk = `CRED#${subscriptionId.slice(-12)}`;
    const path = `POST /v1/subscriptions/${subscriptionId}`;
    switch (deed.op) {
      case 'suspendSubscription':
        return { line: `${path}/suspend`, body: { reason: 'the world' }, pk };
      case 'resumeSubscription':
        return { line: `${path}/resume`, pk };
      case 'cancelSubscription':
        return { line: `${path}/cancel`, body: { reason: 'the world' }, pk };
      case 'revealKeys':
        return { line: `${path}/keys/reveal`, pk };
      case 'regenerateKey':
        return { line: `${path}/keys/${deed.slot}/regenerate`, pk };
    }
  }

  #tenantRequest(deed: Extract<Deed, { tenant: number }>): Request {
    const tenantId = this.#cast.tenant(deed.tenant);
    const path = `/v1/tenants/${tenantId}`;
    const patch = (body: object) => ({ line: `PATCH ${path}`, body, pk: `TENANT#${tenantId}` });
    switch (deed.op) {
      case 'createKey':
        return this.#creation(deed, path);
      case 'putRole':
        return {
          line: `PUT ${path}/roles/${deed.role}`,
          body: { permissions: deed.permissions, description: '' },
          pk: `TENANT#${tenantId}`,
        };
      case 'deleteRole':
        return { line: `DELETE ${path}/roles/${deed.role}`, pk: `TENANT#${tenantId}` };
      case 'suspendTenant':
        return patch({ status: 'suspended' });
      case 'resumeTenant':
        return patch({ status: 'active' });
      case 'renameTenant':
        return patch({ name: `Renamed ${this.#requests}` });
      case 'requireApproval':
        return patch({ settings: { requireApproval: deed.required } });
      case 'createSubscription':
        return {
          line: 'POST /v1/subscriptions',
          body: { tenantId, productId: this.#cast.productId, name: 'subscription' },
        };
      case 'importKeys': {
        const key = this.#cast.imports[deed.text]?.text;
        const row = { name: 'imported', type: 'secret', environment: 'live', role: 'writer', key };
        return { line: `POST ${path}/keys/import`, body: { rows: [row] } };
      }
    }
  }

  /** A repeat is the same request, to the letter. */
  readonly #sent = new Map<string, object>();

  #creation(deed: Extract<Deed, { op: 'createKey' }>, path: string): Request {
    const { role, expiresIn, idempotency } = deed;
    const fresh = {
      name: `key ${this.#requests}`,
      type: 'secret',
      environment: 'live',
      role,
      ...(expiresIn !== undefined && { expiresAt: this.#in(expiresIn) }),
    };
    const name = `${path} ${idempotency}`;
    const body = (idempotency !== undefined && this.#sent.get(name)) || fresh;
    this.#sent.set(name, body);
    return {
      line: `POST ${path}/keys`,
      body,
      ...(idempotency !== undefined && { headers: { 'idempotency-key': idempotency } }),
    };
  }

  #learn(deed: Deed, { status, body }: OperationAnswer): void {
    const cast = this.#cast;
    if (status === 202) cast.approvals.push(body.approval.approvalId);
    if (status >= 300 || status === 202) return;
    if (typeof body?.secret === 'string') {
      const { keyId, tenantId } = body.key;
      const known = cast.keys.find((key) => key.keyId === keyId);
      if (known !== undefined) known.texts.push(body.secret);
      else cast.keys.push({ keyId, tenantId, texts: [body.secret] });
    }
    if (deed.op === 'createSubscription' && status === 201) {
      const { subscriptionId, tenantId } = body;
      cast.subscriptions.push({ subscriptionId, tenantId, primary: [], secondary: [] });
    }
    if (deed.op === 'revealKeys') {
      const known = cast.subscription(deed.subscription);
      known.primary.push(body.primaryKey);
      known.secondary.push(body.secondaryKey);
    }
    if (deed.op === 'regenerateKey') cast.subscription(deed.subscription)[deed.slot].push(body.key);
    if (deed.op === 'importKeys') this.#learnImport(deed, body);
  }

  /** Whose a text is, whoever says so: more than one can't be told so. */
  #learnImport(deed: Extract<Deed, { op: 'importKeys' }>, body: OperationAnswer['body']): void {
    const [row] = body.results;
    const known = this.#cast.imports[deed.text];
    if (known === undefined || row === undefined || row.id === undefined) return;
    const owner = { keyId: String(row.id), tenantId: this.#cast.tenant(deed.tenant) };
    if (known.owner !== undefined && known.owner.keyId !== owner.keyId && row.result === 'created') {
      this.#world.violate(
        'two imports of one text say that it is created',
        `${known.owner.keyId} and ${owner.keyId}`,
      );
    }
    if (row.result === 'created' || known.owner === undefined) known.owner = owner;
  }

  #in(milliseconds: number): string {
    return new Date(this.#world.now + milliseconds).toISOString();
  }
}
