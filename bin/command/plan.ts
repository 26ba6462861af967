import { usage } from './exit.ts';

/** What a file wants there to be. Fields that it does not name are left as they are; nothing is taken away. */

export type Kind = 'api' | 'product' | 'role' | 'member';
type Fields = Readonly<Record<string, unknown>>;

export interface Wanted {
  readonly kind: Kind;
  /** Within its kind: `orders/live`, `Payments`, `tenant_acme/deployer`, `tenant_acme/grace@example.com`. */
  readonly name: string;
  readonly fields: Fields;
}

export interface Actual {
  readonly kind: Kind;
  readonly name: string;
  readonly fields: Fields;
  /** Where there is one of its own. */
  readonly id?: string;
  readonly etag?: string | undefined;
}

export interface Change {
  readonly action: 'create' | 'update';
  readonly kind: Kind;
  readonly name: string;
  readonly id?: string;
  readonly etag?: string | undefined;
  readonly fields: readonly { readonly field: string; readonly from: unknown; readonly to: unknown }[];
  /** What there is to be, with what the file leaves out as it is: for what is made or replaced whole. */
  readonly whole: Fields;
}

const SECTIONS = ['apis', 'products', 'tenants'];

/** @throws Exit that names what of the document is wrong */
export function readDesired(document: unknown): Wanted[] {
  const root = objectOf(document, 'the file');
  const unknown = Object.keys(root).find((name) => !SECTIONS.includes(name));
  if (unknown !== undefined)
    throw usage(`the file has ${JSON.stringify(unknown)}; there are ${SECTIONS.join(', ')}`);
  const wanted = [
    ...listOf(root.apis, 'apis').map((api, index): Wanted => {
      const where = `apis[${index}]`;
      return {
        kind: 'api',
        name: `${textOf(api.name, `${where}.name`)}/${textOf(api.environment, `${where}.environment`)}`,
        fields: api,
      };
    }),
    ...listOf(root.products, 'products').map(
      (product, index): Wanted => ({
        kind: 'product',
        name: textOf(product.name, `products[${index}].name`),
        fields: product,
      }),
    ),
    ...Object.entries(objectOf(root.tenants ?? {}, 'tenants')).flatMap(([tenantId, tenant]) =>
      ofTenant(tenantId, tenant),
    ),
  ];
  const names = wanted.map(({ kind, name }) => `${kind} ${name}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw usage(`the file has ${twice} twice`);
  return wanted;
}

function ofTenant(tenantId: string, value: unknown): Wanted[] {
  const where = `tenants.${tenantId}`;
  const { roles = {}, members = {}, ...others } = objectOf(value, where);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw usage(`${where} has ${JSON.stringify(unknown)}; there are roles and members`);
  return [
    ...Object.entries(objectOf(roles, `${where}.roles`)).map(
      ([role, fields]): Wanted => ({
        kind: 'role',
        name: `${tenantId}/${role}`,
        fields: objectOf(fields, `${where}.roles.${role}`),
      }),
    ),
    ...Object.entries(objectOf(members, `${where}.members`)).map(
      ([email, role]): Wanted => ({
        kind: 'member',
        name: `${tenantId}/${email.toLowerCase()}`,
        fields: { role: textOf(role, `${where}.members.${email}`) },
      }),
    ),
  ];
}

function objectOf(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw usage(`${where} is ${JSON.stringify(value)}; expected fields with their values`);
}

function listOf(value: unknown, where: string): Record<string, unknown>[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw usage(`${where} is ${JSON.stringify(value)}; expected a list`);
  return value.map((each, index) => objectOf(each, `${where}[${index}]`));
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw usage(`${where} is ${JSON.stringify(value)}; expected a text`);
}

/** What has to be done, APIs before the products that name them. */
export function planOf(wanted: readonly Wanted[], actual: readonly Actual[]): Change[] {
  return wanted.flatMap(({ kind, name, fields }): Change[] => {
    const found = actual.find((each) => each.kind === kind && each.name === name);
    const differing = Object.entries(fields)
      .filter(([field, to]) => found === undefined || !isWithin(to, found.fields[field]))
      .map(([field, to]) => ({ field, from: found?.fields[field], to }));
    if (found !== undefined && differing.length === 0) return [];
    const { id, etag } = found ?? {};
    const action = found === undefined ? 'create' : 'update';
    return [
      {
        action,
        kind,
        name,
        ...(id && { id }),
        ...(etag && { etag }),
        fields: differing,
        whole: { ...found?.fields, ...fields },
      },
    ];
  });
}

/** Whether what is there says all that is wanted; it may say more, such as what was left to a default. */
function isWithin(wanted: unknown, actual: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(actual) &&
      wanted.length === actual.length &&
      wanted.every((each, index) => isWithin(each, actual[index]))
    );
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof actual !== 'object' || actual === null) return false;
    return Object.entries(wanted).every(([name, value]) => isWithin(value, (actual as Fields)[name]));
  }
  return wanted === actual || (wanted === null && actual === undefined);
}
