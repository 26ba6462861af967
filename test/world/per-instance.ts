import { currentInstance, type Instance } from './instance.ts';

/** What a process has one of, for many processes in one: each instance's own is made when it is first asked for. */
export function perInstance<Own extends (...given: never[]) => unknown>(make: () => Own): Own {
  const owns = new WeakMap<Instance, Own>();
  const rest = make();
  const own = (): Own => {
    const instance = currentInstance();
    if (instance === undefined) return rest;
    const known = owns.get(instance) ?? make();
    owns.set(instance, known);
    return known;
  };
  return new Proxy(rest, {
    apply: (_, self, given) => Reflect.apply(own(), self, given),
    get: (_, name) => Reflect.get(own(), name),
    has: (_, name) => Reflect.has(own(), name),
  });
}
