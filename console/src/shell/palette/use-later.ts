import { useEffect, useState } from 'react';

const QUIET_MS = 180;

/** `value` as it was when nothing had been typed for a moment. */
export function useLater(value: string): string {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), QUIET_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return later;
}
