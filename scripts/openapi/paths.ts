/** The paths of the admin API: what each takes and answers, by names of the contract's types. */

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
  /** Whether it is to be had as text too. */
  readonly drawn?: boolean;
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

type Row = Omit<Path, 'tag'>;
type Io = Pick<Path, 'query' | 'takes' | 'answers' | 'drawn' | 'sends' | 'also'>;

const row =
  (method: Path['method']) =>
  (path: string, does: string, io: Io): Row => ({ method, path, does, ...io });

const [get, post, remove] = [row('GET'), row('POST'), row('DELETE')];

const BY_TAG: Readonly<Record<string, readonly Row[]>> = {
  map: [
    get('/map', 'What there is, what leads where, and what was seen to go', {
      query: PLACE,
      answers: 'TopologyMap',
    }),
    get('/map/live', 'What moves on the map, as it moves', {
      query: PLACE,
      answers: 'text/event-stream',
      sends: 'Traffic',
    }),
  ],
  events: [
    get('/tail', 'What was published, the newest first', {
      query: `${TAIL} fromMs toMs ${PAGE}`,
      answers: 'Tail',
    }),
    get('/tail/live', 'What is published, as it comes', {
      query: TAIL,
      answers: 'text/event-stream',
      sends: 'TailFrame',
    }),
    get('/contents/{id}', 'What a published thing held', { answers: 'Content' }),
    get('/trace/{id}', 'All that led to an event, and all that it led to', {
      query: 'as',
      answers: 'Trace',
      drawn: true,
    }),
    get('/journal', 'All facts, oldest first', { query: 'from limit', answers: 'JournalPage' }),
    get('/why', 'Why an event went, or did not go, along each way', {
      query: 'id! of',
      answers: 'Why',
    }),
    get('/unmatched', 'Events on a bus that no rule took, the newest first', {
      query: 'bus! limit',
      answers: 'Unmatched',
    }),
    post('/events/explain', 'Why the rules of a bus take an event or not', {
      query: `bus rule ${PLACE}`,
      takes: 'AnyObject',
      answers: 'ExplainedEvent',
    }),
    post('/sns/explain', 'Why subscriptions get a message or not', {
      query: 'topicArn',
      takes: 'AnyObject',
      answers: 'ExplainedMessage',
    }),
  ],
  queues: [
    get('/queues', 'Queues and how much is in them', {
      query: `${PLACE} prefix after`,
      answers: 'Queues',
    }),
    get('/queues/messages', 'Messages of a queue, without receiving them', {
      query: `queue! state group ${PAGE}`,
      answers: 'QueueMessages',
    }),
    get('/dead-letters', 'Queues of dead letters, grouped by what is alike', {
      query: PLACE,
      answers: 'DeadLetters',
    }),
    get('/dead-letters/messages', 'Dead letters with their history', {
      query: `queue! group ${PAGE}`,
      answers: 'DeadLetterMessages',
    }),
    post('/dead-letters/redrive', 'Sends dead letters on their way again', {
      takes: 'Redrive',
      answers: 'Redriven | RedriveTask',
    }),
    get('/dead-letters/tasks', 'Redrives that go on, or have ended', {
      query: 'queue!',
      answers: 'RedriveTasks',
    }),
    post('/dead-letters/tasks/cancel', 'Ends a redrive', {
      takes: 'OneId',
      answers: 'RedriveTask',
    }),
  ],
  functions: [
    get('/functions', 'Functions and what feeds them', {
      query: `${PLACE} ${PAGE}`,
      answers: 'Functions',
    }),
    get('/runs', 'Runs of functions, the newest first', {
      query: `function failed ${PAGE}`,
      answers: 'Runs',
    }),
    get('/runs/{id}', 'A run with what went in and came out, and its lines', {
      query: 'atMs',
      answers: 'RunDetail',
    }),
    get('/lambda/code/{sha256}', 'The zip file of a function or layer', { answers: ZIP }),
  ],
  archives: [
    get('/archives', 'Archives and replays', { query: PLACE, answers: 'Archives' }),
    get('/archives/events', 'What an archive holds', {
      query: `archive! pattern fromMs toMs ${PAGE}`,
      answers: 'ArchivedEvents',
    }),
    get('/events/archives/{name}', 'The events of an archive as a file', {
      query: `${PLACE} from`,
      answers: NDJSON,
    }),
    post('/events/archives/{name}', 'Adds events to an archive', {
      query: PLACE,
      takes: NDJSON,
      answers: NOTHING,
    }),
  ],
  sending: [
    post('/operations/{service}/{operation}', 'Does an operation of AWS', {
      query: PLACE,
      takes: 'AnyObject',
      answers: 'OperationAnswer',
    }),
    post('/send', 'Publishes one thing', { takes: 'Send', answers: 'Sent' }),
    post('/send/as', 'How other tools would send it', { takes: 'Send', answers: 'CopyAs' }),
  ],
  time: [
    get('/clock', 'What time it is for the server', { answers: 'ClockState' }),
    post('/clock/advance', 'Moves virtual time, doing what falls due', {
      takes: 'Advance',
      answers: 'ClockState',
    }),
    get('/clock/due', 'What falls due next', { answers: 'Due' }),
    post('/settled', 'Runs virtual time until nothing is left to do', {
      answers: 'Settled',
      also: { 409: 'Settled' },
    }),
    get('/faults', 'What is made to fail', { answers: 'Faults' }),
    post('/faults', 'Makes something fail', { takes: 'NewFault', answers: 'FaultRule' }),
    post('/faults/remove', 'Lets it work again', { takes: 'FaultsToRemove', answers: 'Faults' }),
  ],
  server: [
    get('/session', 'What whoever looks may do', { answers: 'Session' }),
    get('/status', 'How the server, its nodes and its storage are', { answers: 'Status' }),
    get('/coverage', 'Which operations of AWS are built', { answers: 'Coverage' }),
    get('/openapi.json', 'This description', { answers: JSON_FILE }),
    get('/certificate', 'What clients that speak TLS are shown', { answers: PEM }),
    post('/backup', 'A backup as it is made', { answers: TAR }),
    get('/keys', 'Access keys; with --auth strict only', { answers: 'Keys' }),
    post('/keys', 'Makes an access key', { takes: 'KeyOrder', answers: 'CreatedKey' }),
    remove('/keys/{id}', 'Deletes an access key', { answers: 'KeyChanged' }),
    post('/keys/{id}/{change}', 'Disables or enables an access key', { answers: 'KeyChanged' }),
  ],
  services: [
    get('/sns/outbox', 'E-mail, SMS and push, which go no further', {
      query: `${PLACE} protocol endpoint`,
      answers: 'Outbox',
    }),
    remove('/sns/outbox', 'Empties the outbox', { query: PLACE, answers: NOTHING }),
    get('/sns/opted-out-numbers', 'Who wants no messages', {
      query: PLACE,
      answers: 'OptedOutNumbers',
    }),
    post('/sns/opted-out-numbers', 'Opts a number out', {
      query: PLACE,
      takes: 'OneNumber',
      answers: NOTHING,
    }),
    remove('/sns/opted-out-numbers', 'Opts a number in again', {
      query: PLACE,
      takes: 'OneNumber',
      answers: NOTHING,
    }),
    get('/events/endpoints/{id}', 'The health of a global endpoint', {
      query: 'account',
      answers: 'EndpointHealth',
    }),
    post('/events/endpoints/{id}', 'Fails it over, or back', {
      query: 'account',
      takes: 'Healthy',
      answers: 'EndpointHealth',
    }),
    get('/dynamodb/tables/{name}', 'The items of a table as a file', {
      query: `${PLACE} from`,
      answers: NDJSON,
    }),
    post('/dynamodb/tables/{name}', 'Puts items into a table', {
      query: PLACE,
      takes: NDJSON,
      answers: NOTHING,
    }),
  ],
};

export const PATHS: readonly Path[] = Object.entries(BY_TAG).flatMap(([tag, rows]) =>
  rows.map((one) => ({ ...one, tag })),
);
