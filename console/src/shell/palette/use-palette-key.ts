import { useEffect, useEffectEvent } from 'react';

/** Ctrl or Cmd with K, wherever the focus is. */
export function usePaletteKey(open: () => void): void {
  const heard = useEffectEvent(open);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isIt = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey);
      if (!isIt || event.altKey || event.shiftKey || event.defaultPrevented) return;
      event.preventDefault();
      heard();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
