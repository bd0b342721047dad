/** A bank account, as the smallest thing that has rules. */
import type { Decider, DomainEvent } from '../../src/patterns/decider.ts';

export type AccountEvent = DomainEvent<'Deposited', number> | DomainEvent<'Withdrawn', number>;
export type AccountCommand = { readonly deposit: number } | { readonly withdraw: number };

export const account: Decider<number, AccountCommand, AccountEvent> = {
  initialState: () => 0,
  evolve: (balance, { type, data }) => (type === 'Deposited' ? balance + data : balance - data),
  decide: (command, balance) => {
    if ('deposit' in command) return deposited(command.deposit);
    if (command.withdraw > balance) throw new Error('Not enough money.');
    return command.withdraw === 0 ? [] : withdrawn(command.withdraw);
  },
};

export const deposited = (data: number): AccountEvent => ({ type: 'Deposited', data });
export const withdrawn = (data: number): AccountEvent => ({ type: 'Withdrawn', data });
