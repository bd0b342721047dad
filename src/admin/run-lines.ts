/**
 * The lines that a run has written: those between its START and its REPORT in the log stream of
 * its environment, which runs one invocation at a time.
 */
import type { Run } from '../admin-api/index.ts';
import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/errors.ts';
import type { Caller, Stack } from '../delivery/stack.ts';

/** What FilterLogEvents answers. */
interface Line {
  readonly timestamp: number;
  readonly message: string;
  readonly logStreamName: string;
}

/** A line may be stamped a little later than the run; a cold start comes before its duration. */
const SPARE_MS = 60_000;
/** Of one run. */
const MOST = 1_000;

/** None where there is no log group, or where the run was not written down in it. */
export async function linesOf(stack: Stack, run: Run): Promise<readonly Shown[]> {
  try {
    return await found(stack, run);
  } catch (cause) {
    if (cause instanceof AwsError && cause.code === 'ResourceNotFoundException') return [];
    throw cause;
  }
}

interface Shown {
  readonly atMs: number;
  readonly message: string;
}

async function found(stack: Stack, run: Run): Promise<readonly Shown[]> {
  const logGroupName = await groupOf(stack, run);
  const startTime = Math.max(0, run.atMs - run.durationMs - SPARE_MS);
  const span = { logGroupName, startTime, endTime: run.atMs + SPARE_MS };
  const ask = (input: object) => filtered(stack, run, { ...span, ...input });
  const named = await ask({ filterPattern: `"${run.id}"`, limit: MOST });
  // Attempts of one event have the same id; the last one that began in time is this one.
  const start = named.findLast((line) => line.timestamp <= run.atMs && begins(line, run.id));
  if (!start) return named.map(shown);
  const stream = { logStreamNames: [start.logStreamName], startTime: start.timestamp };
  const lines = await ask(stream);
  const first = lines.findLastIndex(
    (line) => line.timestamp === start.timestamp && line.message === start.message,
  );
  const rest = lines.slice(first);
  const last = rest.findIndex((line, at) => at > 0 && (ends(line, run.id) || begins(line)));
  const isOther = last > 0 && begins(rest[last]);
  const own = last < 0 ? rest : rest.slice(0, isOther ? last : last + 1);
  return own.slice(0, MOST).map(shown);
}

function shown({ timestamp: atMs, message }: Line): Shown {
  return { atMs, message };
}

/** As text or as a JSON record; of any run where no id is given. */
function begins(line: Line | undefined, id = ''): boolean {
  const message = line?.message ?? '';
  const isRecord = message.startsWith('{') && message.includes('"type":"platform.start"');
  return message.startsWith(`START RequestId: ${id}`) || (isRecord && message.includes(id));
}

function ends({ message }: Line, id: string): boolean {
  const isRecord = message.startsWith('{') && message.includes('"type":"platform.report"');
  return message.startsWith(`REPORT RequestId: ${id}`) || (isRecord && message.includes(id));
}

/** Where the version writes now; a function that is gone wrote where functions do. */
async function groupOf(stack: Stack, { function: arn, version }: Run): Promise<string> {
  const asked = { FunctionName: arn, Qualifier: version };
  const usual = `/aws/lambda/${arn.slice(arn.lastIndexOf(':') + 1)}`;
  try {
    const answer = await stack.invoke('lambda', 'GetFunctionConfiguration', asked, asOwner(arn));
    return (answer as { LoggingConfig?: { LogGroup?: string } }).LoggingConfig?.LogGroup ?? usual;
  } catch (cause) {
    if (cause instanceof AwsError) return usual;
    throw cause;
  }
}

async function filtered(stack: Stack, run: Run, input: object): Promise<readonly Line[]> {
  const answer = await stack.invoke('logs', 'FilterLogEvents', input, asOwner(run.function));
  return (answer as { readonly events: readonly Line[] }).events;
}

/** Whoever looks sees what the function's account may see. */
function asOwner(arn: string): Caller {
  const { account = '', region = '' } = parseArn(arn) ?? {};
  return { account, region, principalArn: `arn:aws:iam::${account}:root` };
}
