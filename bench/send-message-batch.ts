/**
 * Claim: SendMessageBatch of ten messages of 1 KiB moves at least 2.5 × the messages that single
 * SendMessage calls move in the same CPU time.
 */
import { createQueue } from './api.ts';
import { alone, atLeast, type Bench, LOAD_COLUMNS, loadRow, type Report } from './report.ts';
import { type Contender, compare, type Options } from './rounds.ts';
import { openStage } from './stage.ts';

const GOAL = 2.5;
/** What a SendMessageBatch answer of ten weighs. */
const ANSWER_BYTES = 1_250;

export const sendMessageBatch: Bench = { name: 'send-message-batch', run };

async function run(options: Options): Promise<Report> {
  await using stage = await openStage(ANSWER_BYTES, options);
  const { floor, millrace, peer } = stage;
  const to = (await createQueue(millrace.port, 'bench')).url;
  const contenders: Contender[] = [
    { server: millrace, scenario: { kind: 'send', to } },
    { server: millrace, scenario: { kind: 'send-batch', to } },
    { server: floor, scenario: { kind: 'send-batch', to } },
  ];
  const labels = ['millrace, single', 'millrace, batch', 'node:http, batch', 'ElasticMQ, batch'];
  if (peer) {
    const { url } = await createQueue(peer.port, 'bench');
    contenders.push({ server: peer, scenario: { kind: 'send-batch', to: url } });
  }
  const results = await compare(contenders, 32, options);
  return {
    bench: sendMessageBatch.name,
    claim: 'messages of 1 KiB sent ten at a time, 32 in flight',
    columns: LOAD_COLUMNS,
    rows: results.map((result, i) => loadRow(labels[i] ?? result.name, result)),
    checks: [atLeast('messages, batch to single', results[1]?.ratio.median ?? 0, GOAL)],
    notes: stage.notes,
  };
}

if (import.meta.main) await alone(sendMessageBatch);
