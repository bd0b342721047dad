/**
 * Figures of requests: how many, what came of them, how long they took, how large they were.
 *
 * A request adds to points that its operation keeps, so it pays for two looks at the clock and a
 * few additions. Labels are names of our own operations; nothing that a caller makes up is one.
 */
import { ticksMs } from '../core/clock.ts';
import type { AwsError } from '../core/errors.ts';
import {
  type Amount,
  type Distribution,
  type Family,
  type Metrics,
  SECONDS,
} from '../core/metrics.ts';
import { isStreamed } from './pour.ts';
import type { Answer, StreamedBody } from './request.ts';

export type RequestOutcome = 'ok' | 'client-error' | 'throttled' | 'server-error';

/** What one operation counts with. */
export interface OperationFigures {
  readonly service: string;
  readonly operation: string;
  readonly ok: Amount;
  readonly seconds: Distribution;
  readonly received: Amount;
  readonly sent: Amount;
}

/** A request on its way. */
export interface Asked {
  readonly sinceMs: number;
  readonly received: number;
  /** Known once the operation is. */
  figures: OperationFigures | undefined;
}

/** Nobody can tell what was asked for. */
const UNKNOWN = 'unknown';
const LABELS = ['service', 'operation'];

export class RequestFigures {
  readonly #requests: Family<Amount>;
  readonly #seconds: Family<Distribution>;
  readonly #received: Family<Amount>;
  readonly #sent: Family<Amount>;
  readonly #inFlight: Amount;
  readonly #known = new Map<string, OperationFigures>();

  constructor(metrics: Metrics) {
    this.#requests = metrics.counter({
      name: 'millrace_requests_total',
      help: 'Requests for operations, by what came of them.',
      labels: [...LABELS, 'outcome'],
      most: 5_000,
    });
    this.#seconds = metrics.histogram({
      name: 'millrace_request_duration_seconds',
      help: 'Time from a whole request to its answer; long polls wait on purpose.',
      labels: LABELS,
      bounds: SECONDS,
    });
    this.#received = metrics.counter({
      name: 'millrace_request_body_bytes_total',
      help: 'Bytes of the bodies of requests.',
      labels: LABELS,
    });
    this.#sent = metrics.counter({
      name: 'millrace_answer_body_bytes_total',
      help: 'Bytes of the bodies of answers.',
      labels: LABELS,
    });
    const help = 'Requests that are being answered.';
    this.#inFlight = metrics.gauge({ name: 'millrace_requests_in_flight', help }).of();
  }

  /** The same object each time. */
  of(service: string, operation: string): OperationFigures {
    const name = `${service}:${operation}`;
    const before = this.#known.get(name);
    if (before) return before;
    const made = {
      service,
      operation,
      ok: this.#requests.of(service, operation, 'ok'),
      seconds: this.#seconds.of(service, operation),
      received: this.#received.of(service, operation),
      sent: this.#sent.of(service, operation),
    };
    this.#known.set(name, made);
    return made;
  }

  /** Counts a request in. */
  begin(received: number): Asked {
    this.#inFlight.value += 1;
    return { sinceMs: ticksMs(), received, figures: undefined };
  }

  /** Counts it out. The answer is the same, but what is streamed is counted as it goes. */
  answered({ sinceMs, received, figures }: Asked, answer: Answer, error?: AwsError): Answer {
    const of = figures ?? this.of(UNKNOWN, UNKNOWN);
    this.#inFlight.value -= 1;
    of.seconds.observe((ticksMs() - sinceMs) / 1_000);
    of.received.value += received;
    if (error) {
      const outcome = outcomeOf(error, answer.status);
      this.#requests.of(of.service, of.operation, outcome).value += 1;
    } else {
      of.ok.value += 1;
    }
    const { body } = answer;
    if (isStreamed(body)) return { ...answer, body: counted(body, of.sent) };
    of.sent.value += typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    return answer;
  }
}

/** `TooManyRequestsException`, `ThrottlingException`, `ProvisionedThroughputExceeded…` and more. */
const THROTTLES = /throttl|toomanyrequests|throughputexceeded|requestlimitexceeded|ratelimit/i;

function outcomeOf({ code }: AwsError, status: number): RequestOutcome {
  if (THROTTLES.test(code)) return 'throttled';
  return status >= 500 ? 'server-error' : 'client-error';
}

function counted(body: StreamedBody, sent: Amount): StreamedBody {
  return {
    [Symbol.asyncIterator]: () => {
      const pieces = body[Symbol.asyncIterator]();
      return {
        next: async () => {
          const step = await pieces.next();
          if (!step.done) sent.value += step.value.length;
          return step;
        },
        return: async () => (await pieces.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}
