/** What a permission lets one do with a resource. */
export type Action = 'read' | 'write';

/** What a request needs: one action on one resource, or `*` on `*`, which `*:*` alone covers. */
export interface Need {
  readonly resource: string;
  readonly action: Action | '*';
}

export const PERMISSION = /^(\*|[A-Za-z0-9][A-Za-z0-9._-]{0,63}):(\*|read|write)$/;

/** Whether a text is `resource:action` with `*` allowed on either side. */
export function isPermission(text: string): boolean {
  return PERMISSION.test(text);
}

/** A set of permissions, made ready for many questions. */
export class Permissions {
  static readonly #made = new WeakMap<readonly string[], Permissions>();
  readonly #granted: ReadonlySet<string>;

  /** The permissions of this list; the same ones for the same array, which the keys of a role share. */
  static of(permissions: readonly string[]): Permissions {
    const made = Permissions.#made.get(permissions) ?? new Permissions(permissions);
    Permissions.#made.set(permissions, made);
    return made;
  }

  /** @param permissions texts that `isPermission` accepts; others grant nothing */
  constructor(permissions: readonly string[]) {
    this.#granted = new Set(permissions.filter(isPermission));
  }

  /** Whether some permission covers the need. An empty resource is covered by `*` alone. */
  allow({ resource, action }: Need): boolean {
    const granted = this.#granted;
    return (
      granted.has('*:*') ||
      granted.has(`*:${action}`) ||
      granted.has(`${resource}:${action}`) ||
      granted.has(`${resource}:*`)
    );
  }
}

/** Roles' permissions in order, by the array that they came in: most keys have all of their role's. */
const WHOLE = new WeakMap<readonly string[], readonly string[]>();

/**
 * The permissions of a key: its role's, narrowed by its own where it has any. Permissions of both sides
 * are met pairwise, so `orders:*` narrowed by `*:read` is `orders:read`. Sorted, without repeats.
 */
export function narrow(role: readonly string[], own: readonly string[] | undefined): readonly string[] {
  if (own === undefined) return whole(role);
  const met = new Set<string>();
  for (const left of role) {
    for (const right of own) {
      const both = meet(left, right);
      if (both !== undefined) met.add(both);
    }
  }
  return [...met].sort();
}

function whole(role: readonly string[]): readonly string[] {
  const permissions = WHOLE.get(role) ?? [...new Set(role)].sort();
  WHOLE.set(role, permissions);
  return permissions;
}

function meet(left: string, right: string): string | undefined {
  const [leftResource = '', leftAction = ''] = left.split(':');
  const [rightResource = '', rightAction = ''] = right.split(':');
  const resource = meetSide(leftResource, rightResource);
  const action = meetSide(leftAction, rightAction);
  return resource === undefined || action === undefined ? undefined : `${resource}:${action}`;
}

function meetSide(left: string, right: string): string | undefined {
  if (left === right || right === '*') return left;
  return left === '*' ? right : undefined;
}
