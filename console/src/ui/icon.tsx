/** Drawn for the console: strokes on a grid of 16. */
const PATHS = {
  map: 'M2.5 4.5h4v3h-4zM9.5 2.5h4v3h-4zM9.5 10.5h4v3h-4zM6.5 6h1.5v-2h1.5M8 6v6h1.5',
  tail: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  trace:
    'M4 3.5v5a2 2 0 0 0 2 2h5M4 5.5h7M4 2.2a1 1 0 1 0 0 .1M12 4.4a1 1 0 1 0 0 2.2 1 1 0 1 0 0-2.2' +
    'M12 9.4a1 1 0 1 0 0 2.2 1 1 0 1 0 0-2.2',
  why:
    'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M6.2 6.3a1.9 1.9 0 1 1 2.7 1.8c-.6.3-.9.7-.9 1.3' +
    'M8 11.4v.2',
  'dead-letters': 'M2 4.5h12v8H2zM2.3 5 8 9l5.7-4M6 12l4-3.5M10 12 6 8.5',
  queues: 'M2 4.5h3v7H2zM6.5 4.5h3v7h-3zM11 4.5h3v7h-3z',
  functions: 'M3 13 7.5 6M5 3h1.6L12 13h1.2',
  archives: 'M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 8.5h3',
  send: 'M14 2 7 9M14 2 9.5 14 7 9 2 6.5z',
  time: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M8 4.8V8l2.2 1.6',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M10.3 10.3 14 14',
  copy: 'M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3',
  check: 'm3 8.5 3.2 3.2L13 4.8',
  close: 'm3.5 3.5 9 9M12.5 3.5l-9 9',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6l8-4.8z',
  right: 'm6 3.5 4.5 4.5L6 12.5',
  down: 'm3.5 6 4.5 4.5L12.5 6',
  filter: 'M2 3.5h12L9.5 8.7V13l-3-1.5V8.7z',
  sun:
    'M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M8 1.5v1.2M8 13.3v1.2M1.5 8h1.2' +
    'M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  auto: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M8 2v12M8 4.5h4.6M8 7h5.9M8 9.5h5.7M8 12h4',
  help: 'M3 3.5h10v9H3zM5 6h.1M8 6h.1M11 6h.1M5 10h6',
  again: 'M13 8a5 5 0 1 1-1.6-3.7M13.3 2v2.8h-2.8',
  warn: 'M8 2.5 14.5 13.5h-13zM8 6.5v3.2M8 11.7v.1',
  link:
    'M6.5 9.5 9.5 6.5M7 4.5l1.6-1.6a2.8 2.8 0 0 1 4 4L11 8.5' +
    'M9 11.5l-1.6 1.6a2.8 2.8 0 0 1-4-4L5 7.5',
  more: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
} as const;

export type IconName = keyof typeof PATHS;

/** Says nothing to who does not see it: what it stands on has the words. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return <Strokes path={PATHS[name]} size={size} />;
}

/** A sign of strokes, in the colour of the text around it. */
export function Strokes({ path, size }: { readonly path: string; readonly size: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}
