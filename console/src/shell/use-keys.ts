import { useEffect, useEffectEvent } from 'react';
import { type Command, keyReader } from './keys.ts';

/** Hears keys that nothing nearer has taken. */
export function useKeys(run: (command: Command) => void): void {
  const heard = useEffectEvent(run);
  useEffect(() => {
    const read = keyReader();
    const press = (event: KeyboardEvent) => {
      const held = event.ctrlKey || event.metaKey || event.altKey;
      const taken = held || event.defaultPrevented || isTaken(event);
      const command = read({ key: event.key, atMs: event.timeStamp, taken });
      if (!command) return;
      event.preventDefault();
      heard(command);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

/**
 * In a text, or in a dialog, which would be left with all that was done in it. By the path of the
 * event: within a shadow root the target is its host.
 */
function isTaken(event: KeyboardEvent): boolean {
  const path = event.composedPath().filter((one) => one instanceof HTMLElement);
  const [target] = path;
  if (!target) return false;
  const isText = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  return isText || path.some(({ role }) => role === 'dialog' || role === 'alertdialog');
}
