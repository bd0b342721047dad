/** What is being typed, before it counts: a field that changes the address at every key is slow. */
import { useEffect, useEffectEvent, useRef, useState } from 'react';

/** A value that follows `value`, and is handed to `commit` once it was left alone for `quietMs`. */
export function useDraft(
  value: string,
  commit: (draft: string) => void,
  quietMs = 300,
): readonly [string, (draft: string) => void] {
  const [draft, setDraft] = useState(value);
  const committed = useRef(value);
  const hand = useEffectEvent(() => {
    committed.current = draft;
    commit(draft);
  });
  useEffect(() => {
    // Changed from elsewhere: a link, the back button.
    if (value === committed.current) return;
    committed.current = value;
    setDraft(value);
  }, [value]);
  useEffect(() => {
    if (draft === committed.current) return;
    const timer = setTimeout(() => hand(), quietMs);
    return () => clearTimeout(timer);
  }, [draft, quietMs]);
  return [draft, setDraft];
}
