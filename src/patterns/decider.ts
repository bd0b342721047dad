/**
 * What an application decides, as three pure functions.
 *
 * The shapes are the well-known ones of the Decider pattern: a decider written for emmett's
 * `Decider<State, Command, Event>` fits here without an adapter, and one written here fits there.
 */

export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  /** Plain values: what DynamoDB can store. */
  readonly data: Data;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** How events become a state. */
export interface Fold<State, Event extends DomainEvent = DomainEvent> {
  evolve(state: State, event: Event): State;
  initialState(): State;
}

/**
 * ```ts
 * const account: Decider<number, { withdraw: number }, DomainEvent<'Withdrawn', number>> = {
 *   initialState: () => 0,
 *   evolve: (balance, { data }) => balance - data,
 *   decide: ({ withdraw }, balance) => {
 *     if (withdraw > balance) throw new Error('Not enough money.');
 *     return { type: 'Withdrawn', data: withdraw };
 *   },
 * };
 * ```
 */
export interface Decider<State, Command, Event extends DomainEvent = DomainEvent>
  extends Fold<State, Event> {
  /** The events that the command leads to, none included; throws when it is refused. */
  decide(command: Command, state: State): Event | Event[];
}
