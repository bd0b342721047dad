/**
 * Claim: 1,000 consumers waiting in long polls cost at most 25 MB of memory, and others are
 * answered as before.
 */
import { createQueue } from './api.ts';
import { Connection } from './connection.ts';
import { rssMegabytes } from './process.ts';
import { alone, atMost, type Bench, figure, type Report } from './report.ts';
import { jsonRequest } from './requests.ts';
import { drive, type Options } from './rounds.ts';
import { startMillrace } from './servers.ts';

const POLLS = 1_000;
const GOAL_MEGABYTES = 25;

export const longPolls: Bench = { name: 'long-polls', run };

async function run(options: Options): Promise<Report> {
  await using millrace = await startMillrace();
  const busy = await createQueue(millrace.port, 'busy');
  const idle = await createQueue(millrace.port, 'idle');
  const send = () =>
    drive(millrace, {
      connections: 8,
      warmUpSeconds: 0.5,
      seconds: options.seconds,
      scenario: { kind: 'send', to: busy.url },
    });

  const before = send();
  await quiet();
  const emptyMegabytes = rssMegabytes(millrace.pid);
  const polls = hold(millrace.port, idle.url);
  await quiet();
  const heldMegabytes = rssMegabytes(millrace.pid);
  const during = send();
  for (const poll of polls.connections) poll.close();
  if (polls.answered() > 0) throw new Error('a long poll was answered: nothing was measured');

  const row = (label: string, megabytes: number, p99Ms: number) => [
    label,
    figure(megabytes, 1),
    figure(p99Ms, 2),
  ];
  return {
    bench: longPolls.name,
    claim: `${POLLS} idle long polls held`,
    columns: ['', 'RSS MB', 'p99 ms of sends meanwhile'],
    rows: [
      row('none', emptyMegabytes, before.p99Ms),
      row(`${POLLS} held`, heldMegabytes, during.p99Ms),
    ],
    checks: [atMost('MB more', heldMegabytes - emptyMegabytes, GOAL_MEGABYTES)],
  };
}

function hold(port: number, QueueUrl: string) {
  let answered = 0;
  const request = jsonRequest('sqs', 'ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
  const connections = Array.from({ length: POLLS }, () => {
    const connection = new Connection(port, {
      answered: () => answered++,
      lost: () => answered++,
    });
    connection.send(request);
    return connection;
  });
  return { connections, answered: () => answered };
}

function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2_000));
}

if (import.meta.main) await alone(longPolls);
