import { useEffect, useEffectEvent } from 'react';
import { type Command, keyReader } from './keys.ts';

/** Hears keys that nothing nearer has taken. */
export function useKeys(run: (command: Command) => void): void {
  const heard = useEffectEvent(run);
  useEffect(() => {
    const read = keyReader();
    const press = (event: KeyboardEvent) => {
      const held = event.ctrlKey || event.metaKey || event.altKey;
      const taken = held || event.defaultPrevented || isText(event);
      const command = read({ key: event.key, atMs: event.timeStamp, taken });
      if (!command) return;
      event.preventDefault();
      heard(command);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

/** The first element of the path: within a shadow root the target is its host. */
function isText(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
