/** Functions and their runs: what went in and came out, what they said, and what for. */
import type { Functions } from '../../../../src/admin-api/index.ts';
import { usePages } from '../../api/pages.ts';
import { usePlace } from '../../api/session.ts';
import { text } from '../../state/query.ts';
import { useQueryState } from '../../state/url.ts';
import { counted } from '../../ui/numbers.ts';
import { FunctionRuns } from './function-runs.tsx';
import { FunctionTable } from './function-table.tsx';
import './functions.css';

const FUNCTION = text();
const EVERY_MS = 3_000;

export function FunctionsView() {
  const [arn] = useQueryState('function', FUNCTION);
  return arn ? <FunctionRuns key={arn} arn={arn} /> : <FunctionList />;
}

const functionsOf = ({ functions }: Functions) => functions;

function FunctionList() {
  const place = usePlace();
  const list = usePages('functions', {
    query: { ...place },
    rowsOf: functionsOf,
    everyMs: EVERY_MS,
  });
  const running = list.rows.reduce((sum, one) => sum + one.running, 0);
  return (
    <div className="view">
      <header className="view-head">
        <h1>Functions</h1>
        {list.pages && !list.hasMore && (
          <span className="muted numeric">
            {counted(list.rows.length, 'function')}, {counted(running, 'run')} under way
          </span>
        )}
      </header>
      <div className="view-body">
        <FunctionTable
          rows={list.rows}
          waiting={list.waiting}
          error={list.error}
          onEnd={list.more}
          onRetry={() => void list.refetch()}
        />
      </div>
    </div>
  );
}
