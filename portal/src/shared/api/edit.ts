import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer, Params, ReadPath } from './answers.ts';
import { getTagged } from './api.ts';

/** An edit of something that others may edit at the same time. */
export interface Edit<Fields extends object> {
  /** To be sent with the change; undefined until it is known. */
  readonly etag: string | undefined;
  /** What somebody has changed since the editing began, as it is now. */
  readonly changed: Partial<Fields>;
  /** Whether somebody was faster, and it has been read again since: the next try is about what is there now. */
  readonly isReread: boolean;
  /** Reads it again: to be called where the API says that it is not so any more. */
  readonly reread: () => void;
}

/**
 * What an edit has to know so that it overwrites nothing unseen: the tag of what is there, read when the editing
 * begins, and again once that has proved wrong. Whoever goes on then has seen both.
 * @param before the fields that are edited, as the form began with them; undefined for something new
 */
export function useEdit<Path extends ReadPath, Fields extends Partial<Answer<Path>> & object>(
  path: Path,
  params: Params<Path>,
  before: Fields | undefined,
): Edit<Fields> {
  const { data, isFetching, refetch } = useQuery({
    // An edit that begins anew, from what was just saved, is compared with what is read then.
    queryKey: [path, params, 'tagged', before],
    queryFn: ({ signal }) => getTagged(path, params, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    enabled: before !== undefined,
  });
  const begun = JSON.stringify(before);
  const [overtaken, setOvertaken] = useState<string>();
  const current = data?.body as Fields | undefined;
  const names = Object.keys(before ?? {}) as (keyof Fields)[];
  const isChanged = (name: keyof Fields) => !isSame(current?.[name], before?.[name]);
  const changed = current ? names.filter(isChanged).map((name) => [name, current[name]]) : [];
  return {
    etag: data?.etag,
    changed: Object.fromEntries(changed) as Partial<Fields>,
    isReread: overtaken === begun && !isFetching,
    reread: () => {
      setOvertaken(begun);
      void refetch();
    },
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
