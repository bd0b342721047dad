/** The paths of the admin API: what each takes and answers, by the names of the contract's types. */

export interface Path {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/_millrace/v1`. */
  readonly path: string;
  readonly tag: string;
  readonly does: string;
  /** Parameters of the query; those with `!` must be there. */
  readonly query?: string;
  /** A type, or a media type of what is no JSON. */
  readonly takes?: string;
  readonly answers: string;
  /** The type of the data of each server-sent event. */
  readonly sends?: string;
  /** Other statuses than 200 with their answer. */
  readonly also?: Readonly<Record<number, string>>;
}

const PLACE = 'account region';
const PAGE = 'after limit';
const TAIL = 'pattern text arn form';

const [NDJSON, PEM, TAR, ZIP, JSON_FILE] = [
  ...['application/x-ndjson', 'application/x-pem-file', 'application/x-tar', 'application/zip'],
  'application/json',
] as const;
const NOTHING = '';

type Row = readonly [
  method: Path['method'],
  path: string,
  does: string,
  io: Pick<Path, 'query' | 'takes' | 'answers' | 'sends' | 'also'>,
];

const BY_TAG: Readonly<Record<string, readonly Row[]>> = {
  map: [
    [
      ...(['GET', '/map', 'What there is, what leads where, and what was seen to go'] as const),
      { query: PLACE, answers: 'TopologyMap' },
    ],
    [
      ...(['GET', '/map/live', 'What moves on the map, as it moves'] as const),
      { query: PLACE, answers: 'text/event-stream', sends: 'Traffic' },
    ],
  ],
  events: [
    [
      ...(['GET', '/tail', 'What was published, the newest first'] as const),
      { query: `${TAIL} fromMs toMs ${PAGE}`, answers: 'Tail' },
    ],
    [
      ...(['GET', '/tail/live', 'What is published, as it comes'] as const),
      { query: TAIL, answers: 'text/event-stream', sends: 'TailFrame' },
    ],
    ['GET', '/contents/{id}', 'What a published thing held', { answers: 'Content' }],
    [
      ...(['GET', '/trace/{id}', 'All that led to an event, and all that it led to'] as const),
      { query: 'as', answers: 'Trace' },
    ],
    [
      ...(['GET', '/journal', 'All facts, oldest first'] as const),
      { query: 'from limit', answers: 'JournalPage' },
    ],
    [
      ...(['GET', '/why', 'Why an event went, or did not go, along each way'] as const),
      { query: 'id! of', answers: 'Why' },
    ],
    [
      ...(['GET', '/unmatched', 'Events on a bus that no rule took, the newest first'] as const),
      { query: 'bus! limit', answers: 'Unmatched' },
    ],
    [
      ...(['POST', '/events/explain', 'Why the rules of a bus take an event or not'] as const),
      { query: `bus rule ${PLACE}`, takes: 'AnyObject', answers: 'ExplainedEvent' },
    ],
    [
      ...(['POST', '/sns/explain', 'Why subscriptions get a message or not'] as const),
      { query: 'topicArn', takes: 'AnyObject', answers: 'ExplainedMessage' },
    ],
  ],
  queues: [
    [
      ...(['GET', '/queues', 'Queues and how much is in them'] as const),
      { query: `${PLACE} prefix after`, answers: 'Queues' },
    ],
    [
      ...(['GET', '/queues/messages', 'Messages of a queue, without receiving them'] as const),
      { query: `queue! state group ${PAGE}`, answers: 'QueueMessages' },
    ],
    [
      ...(['GET', '/dead-letters', 'Queues of dead letters, grouped by what is alike'] as const),
      { query: PLACE, answers: 'DeadLetters' },
    ],
    [
      ...(['GET', '/dead-letters/messages', 'Dead letters with their history'] as const),
      { query: `queue! group ${PAGE}`, answers: 'DeadLetterMessages' },
    ],
    [
      ...(['POST', '/dead-letters/redrive', 'Sends dead letters on their way again'] as const),
      { takes: 'Redrive', answers: 'Redriven | RedriveTask' },
    ],
    [
      ...(['GET', '/dead-letters/tasks', 'Redrives that go on, or have ended'] as const),
      { query: 'queue!', answers: 'RedriveTasks' },
    ],
    [
      ...(['POST', '/dead-letters/tasks/cancel', 'Ends a redrive'] as const),
      { takes: 'OneId', answers: 'RedriveTask' },
    ],
  ],
  functions: [
    [
      ...(['GET', '/functions', 'Functions and what feeds them'] as const),
      { query: `${PLACE} ${PAGE}`, answers: 'Functions' },
    ],
    [
      ...(['GET', '/runs', 'Runs of functions, the newest first'] as const),
      { query: `function failed ${PAGE}`, answers: 'Runs' },
    ],
    [
      ...(['GET', '/runs/{id}', 'A run with what went in and came out, and its lines'] as const),
      { query: 'atMs', answers: 'RunDetail' },
    ],
    ['GET', '/lambda/code/{sha256}', 'The zip file of a function or layer', { answers: ZIP }],
  ],
  archives: [
    ['GET', '/archives', 'Archives and replays', { query: PLACE, answers: 'Archives' }],
    [
      ...(['GET', '/archives/events', 'What an archive holds'] as const),
      { query: `archive! pattern fromMs toMs ${PAGE}`, answers: 'ArchivedEvents' },
    ],
    [
      ...(['GET', '/events/archives/{name}', 'The events of an archive as a file'] as const),
      { query: `${PLACE} from`, answers: NDJSON },
    ],
    [
      ...(['POST', '/events/archives/{name}', 'Adds events to an archive'] as const),
      { query: PLACE, takes: NDJSON, answers: NOTHING },
    ],
  ],
  sending: [
    [
      ...(['POST', '/operations/{service}/{operation}', 'Does an operation of AWS'] as const),
      { query: PLACE, takes: 'AnyObject', answers: 'OperationAnswer' },
    ],
    ['POST', '/send', 'Publishes one thing', { takes: 'Send', answers: 'Sent' }],
    ['POST', '/send/as', 'How other tools would send it', { takes: 'Send', answers: 'CopyAs' }],
  ],
  time: [
    ['GET', '/clock', 'What time it is for the server', { answers: 'ClockState' }],
    [
      ...(['POST', '/clock/advance', 'Moves virtual time, doing what falls due'] as const),
      { takes: 'Advance', answers: 'ClockState' },
    ],
    ['GET', '/clock/due', 'What falls due next', { answers: 'Due' }],
    [
      ...(['POST', '/settled', 'Runs virtual time until nothing is left to do'] as const),
      { answers: 'Settled', also: { 409: 'Settled' } },
    ],
    ['GET', '/faults', 'What is made to fail', { answers: 'Faults' }],
    ['POST', '/faults', 'Makes something fail', { takes: 'NewFault', answers: 'FaultRule' }],
    [
      ...(['POST', '/faults/remove', 'Lets it work again'] as const),
      { takes: 'FaultsToRemove', answers: 'Faults' },
    ],
  ],
  server: [
    ['GET', '/session', 'What whoever looks may do', { answers: 'Session' }],
    ['GET', '/status', 'How the server, its nodes and its storage are', { answers: 'Status' }],
    ['GET', '/coverage', 'Which operations of AWS are built', { answers: 'Coverage' }],
    ['GET', '/openapi.json', 'This description', { answers: JSON_FILE }],
    ['GET', '/certificate', 'What clients that speak TLS are shown', { answers: PEM }],
    ['POST', '/backup', 'A backup as it is made', { answers: TAR }],
    ['GET', '/keys', 'Access keys; with --auth strict only', { answers: 'Keys' }],
    ['POST', '/keys', 'Makes an access key', { takes: 'KeyOrder', answers: 'CreatedKey' }],
    ['DELETE', '/keys/{id}', 'Deletes an access key', { answers: 'KeyChanged' }],
    [
      ...(['POST', '/keys/{id}/{change}', 'Disables or enables an access key'] as const),
      { answers: 'KeyChanged' },
    ],
  ],
  services: [
    [
      ...(['GET', '/sns/outbox', 'E-mail, SMS and push, which go no further'] as const),
      { query: `${PLACE} protocol endpoint`, answers: 'Outbox' },
    ],
    ['DELETE', '/sns/outbox', 'Empties the outbox', { query: PLACE, answers: NOTHING }],
    [
      ...(['GET', '/sns/opted-out-numbers', 'Who wants no messages'] as const),
      { query: PLACE, answers: 'OptedOutNumbers' },
    ],
    [
      ...(['POST', '/sns/opted-out-numbers', 'Opts a number out'] as const),
      { query: PLACE, takes: 'OneNumber', answers: NOTHING },
    ],
    [
      ...(['DELETE', '/sns/opted-out-numbers', 'Opts a number in again'] as const),
      { query: PLACE, takes: 'OneNumber', answers: NOTHING },
    ],
    [
      ...(['GET', '/events/endpoints/{id}', 'The health of a global endpoint'] as const),
      { query: 'account', answers: 'EndpointHealth' },
    ],
    [
      ...(['POST', '/events/endpoints/{id}', 'Fails it over, or back'] as const),
      { query: 'account', takes: 'Healthy', answers: 'EndpointHealth' },
    ],
    [
      ...(['GET', '/dynamodb/tables/{name}', 'The items of a table as a file'] as const),
      { query: `${PLACE} from`, answers: NDJSON },
    ],
    [
      ...(['POST', '/dynamodb/tables/{name}', 'Puts items into a table'] as const),
      { query: PLACE, takes: NDJSON, answers: NOTHING },
    ],
  ],
};

export const PATHS: readonly Path[] = Object.entries(BY_TAG).flatMap(([tag, rows]) =>
  rows.map(([method, path, does, io]) => ({ method, path, tag, does, ...io })),
);
