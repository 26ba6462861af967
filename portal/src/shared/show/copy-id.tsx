import { CopyText } from './copy-text.tsx';

/** An id in a list, with what copies it. */
export function CopyId({ id, what }: { id: string; what: string }) {
  return (
    <span className="copy-id">
      <span className="mono small">{id}</span>
      <CopyText text={id} what={`${what} ${id}`} />
    </span>
  );
}
