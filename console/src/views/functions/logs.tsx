import type { RunDetail } from '../../../../src/admin-api/index.ts';
import { useNow } from '../../api/session.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { clockTime } from '../../ui/when.ts';

/** What the run has said, with the time of each line. */
export function Logs({ run }: { readonly run: RunDetail }) {
  const nowMs = useNow();
  if (run.logs.length === 0) {
    return <p className="muted">No lines yet: they come in within a moment after the run.</p>;
  }
  const text = run.logs.map(({ message }) => message.trimEnd()).join('\n');
  return (
    <>
      <div className="run-copy">
        <CopyButton text={text} what="logs" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus. */}
      <ol className="logs mono" tabIndex={0}>
        {run.logs.map(({ atMs, message }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end.
          <li key={index} data-tone={toneOf(message)}>
            <time className="logs-time" dateTime={new Date(atMs).toISOString()}>
              {clockTime(atMs, nowMs).slice(-12)}
            </time>
            <span>{message.trimEnd()}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** The lines of the runtime itself stand back; errors stand out. */
function toneOf(message: string): 'frame' | 'error' | undefined {
  if (/^(START|END|REPORT|INIT_START|EXTENSION) /.test(message)) return 'frame';
  return /\b(ERROR|FATAL)\b|"level":\s*"error"/i.test(message) ? 'error' : undefined;
}
