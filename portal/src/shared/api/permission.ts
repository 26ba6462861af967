/** Whether a `resource:action` is among what is granted, which may have `*` on either side. */
export function covers(granted: readonly string[], permission: string): boolean {
  const [resource, action] = permission.split(':');
  return ['*:*', `*:${action}`, `${resource}:*`, permission].some((each) => granted.includes(each));
}
