/**
 * Asks of many made one: while one statement is under way, what is asked meanwhile gathers and
 * goes with the next. What is asked when none is under way goes at the end of the turn.
 */
import { atEndOfTurn } from '../../core/clock.ts';

interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: unknown) => void;
}

/** Answers in the order of the asks, each made when it is given: one that fails fails alone. */
type Run<Ask, Answer> = (asks: readonly Ask[]) => Promise<readonly (() => Answer)[]>;

/** Asks that share a statement at most. */
const MOST = 500;

export class Gather<Ask, Answer> {
  readonly #run: Run<Ask, Answer>;
  #waiting: Waiting<Ask, Answer>[] = [];
  #running = false;

  constructor(run: Run<Ask, Answer>) {
    this.#run = run;
  }

  ask(ask: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ask, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      atEndOfTurn(() => void this.#goOn());
    });
  }

  async #goOn(): Promise<void> {
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting.splice(0, MOST);
      try {
        const answers = await this.#run(waiting.map(({ ask }) => ask));
        waiting.forEach((one, index) => {
          give(one, answers[index]);
        });
      } catch (cause) {
        for (const { reject } of waiting) reject(cause);
      }
    }
    this.#running = false;
  }
}

function give<Ask, Answer>({ resolve, reject }: Waiting<Ask, Answer>, answer?: () => Answer): void {
  try {
    if (!answer) throw new Error('The database gave no answer.');
    resolve(answer());
  } catch (cause) {
    reject(cause);
  }
}
