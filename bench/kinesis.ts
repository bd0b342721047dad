/**
 * Claims: in a second of the server's CPU time at least 60,000 records of 1 KiB are put, 500 in a
 * request and durable before the answer, and at least 200,000 are read. They are put and read as
 * JSON, with random bytes, which a stream of text would not have to turn into text.
 */
import { RECORDS } from './data-scenarios.ts';
import { alone, atLeast, type Bench, LOAD_COLUMNS, loadRow, type Report } from './report.ts';
import { compare, type Options } from './rounds.ts';
import { startMillrace } from './servers.ts';
import { beginnings, createStream, fillStream } from './tables.ts';

const CONNECTIONS = 8;
const SHARDS = 4;
const LIMIT = 1_000;
const PUT_GOAL = 60_000;
const READ_GOAL = 200_000;

export const kinesis: Bench = { name: 'kinesis', run };

async function run(options: Options): Promise<Report> {
  await using millrace = await startMillrace();
  const { port } = millrace;
  for (const name of ['written', 'read']) await createStream(port, name, SHARDS);
  const write = { server: millrace, scenario: { kind: 'put-records', to: 'written' } } as const;
  const [written] = await compare([write], CONNECTIONS, options);
  fillStream(millrace, 'read', options.quick ? 5_000 : 40_000);
  const iterators = await beginnings(port, 'read');
  const scenario = { kind: 'get-records', to: 'read', iterators, weight: LIMIT } as const;
  const [read] = await compare([{ server: millrace, scenario }], CONNECTIONS, options);
  const rows = [
    written && loadRow(`PutRecords of ${RECORDS}`, written),
    read && loadRow(`GetRecords of ${LIMIT}`, read),
  ];
  return {
    bench: kinesis.name,
    claim: `records of 1 KiB in a stream of ${SHARDS} shards, ${CONNECTIONS} in flight`,
    columns: LOAD_COLUMNS,
    rows: rows.filter((row) => row !== undefined),
    checks: [
      atLeast('records put per CPU second', written?.perCpuSecond.median ?? 0, PUT_GOAL),
      atLeast('records read per CPU second', read?.perCpuSecond.median ?? 0, READ_GOAL),
    ],
  };
}

if (import.meta.main) await alone(kinesis);
