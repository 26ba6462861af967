/** A named stage of an HTTP API is the first segment of the path that it hands on; `$default` is not in it. */
export function withoutStage(path: string, stage: string | undefined): string {
  const prefix = `/${stage}`;
  if (path === prefix) return '/';
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
}
