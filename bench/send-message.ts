/**
 * Claim: SendMessage of 1 KiB, durable before the answer, does at least 0.5 × what bare `node:http`
 * does with the same bytes at 32 in flight, and 0.65 × at 256.
 */
import { createQueue } from './api.ts';
import { alone, atLeast, type Bench, LOAD_COLUMNS, loadRow, type Report } from './report.ts';
import { type Contender, compare, type Options } from './rounds.ts';
import { openStage } from './stage.ts';

/** What a SendMessage answer weighs: MD5 and MessageId. */
export const ANSWER_BYTES = 118;
const GOALS = [
  { connections: 32, ratio: 0.5 },
  { connections: 256, ratio: 0.65 },
] as const;

export const sendMessage: Bench = { name: 'send-message', run };

async function run(options: Options): Promise<Report> {
  await using stage = await openStage(ANSWER_BYTES, options);
  const { floor, millrace, peer } = stage;
  const to = (await createQueue(millrace.port, 'bench')).url;
  const contenders: Contender[] = [
    { server: floor, scenario: { kind: 'send', to } },
    { server: millrace, scenario: { kind: 'send', to } },
  ];
  if (peer) {
    const { url } = await createQueue(peer.port, 'bench');
    contenders.push({ server: peer, scenario: { kind: 'send', to: url } });
  }

  const rows: (readonly string[])[] = [];
  const checks = [];
  for (const { connections, ratio } of GOALS) {
    const results = await compare(contenders, connections, options);
    for (const result of results) rows.push(loadRow(`${result.name}, ${connections}`, result));
    const ours = results[1]?.ratio.median ?? 0;
    checks.push(atLeast(`ratio to node:http at ${connections} in flight`, ours, ratio));
  }
  return {
    bench: sendMessage.name,
    claim: 'messages of 1 KiB sent, each durable before its answer',
    columns: LOAD_COLUMNS,
    rows,
    checks,
    notes: stage.notes,
  };
}

if (import.meta.main) await alone(sendMessage);
