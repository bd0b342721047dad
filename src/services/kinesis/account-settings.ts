/**
 * The commitment to a minimum of throughput, an account's only setting. It holds for a day at
 * least, and once ended it goes on until then.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateAccountSettings.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type {
  MinimumThroughputBillingCommitmentOutput,
  Operations,
} from '../../wire/types/kinesis.ts';
import type { Operation } from '../service.ts';
import { change } from './change.ts';
import { type AccountSettings, partitionOf, storeOf } from './store.ts';

const SHORTEST_MS = 24 * 3_600_000;
/** A region has one row in an account. */
const KEY = 'settings';

export const DescribeAccountSettings: Operation<Operations['DescribeAccountSettings']> = async (
  call,
) => {
  const row = await storeOf(call.stack).accounts.get(partitionOf(call), KEY);
  return { MinimumThroughputBillingCommitment: describe(call.stack, row?.value) };
};

export const UpdateAccountSettings: Operation<Operations['UpdateAccountSettings']> = (
  call,
  input,
) =>
  change(call.stack, async () => {
    const { stack } = call;
    const { accounts } = storeOf(stack);
    const row = await accounts.get(partitionOf(call), KEY);
    const nowMs = stack.clock.nowMs();
    const isOn = input.MinimumThroughputBillingCommitment.Status === 'ENABLED';
    const settings = isOn ? begun(row?.value, nowMs) : ended(row?.value, nowMs);
    const answer = { MinimumThroughputBillingCommitment: describe(stack, settings) };
    if (!settings || settings === row?.value) return { writes: [], answer };
    const writes = [accounts.put(partitionOf(call), KEY, settings, row?.version ?? 0)];
    return { writes, answer };
  });

/** One that was ended, and still holds, goes on as if it had not been. */
function begun(before: AccountSettings | undefined, nowMs: number): AccountSettings {
  if (!before || (before.endedAtMs !== undefined && before.endedAtMs <= nowMs)) {
    return { startedAtMs: nowMs };
  }
  return before.endedAtMs === undefined ? before : { startedAtMs: before.startedAtMs };
}

function ended(before: AccountSettings | undefined, nowMs: number): AccountSettings | undefined {
  if (!before || before.endedAtMs !== undefined) return before;
  return { ...before, endedAtMs: Math.max(nowMs, before.startedAtMs + SHORTEST_MS) };
}

function describe(
  { clock }: Stack,
  settings: AccountSettings | undefined,
): MinimumThroughputBillingCommitmentOutput {
  if (!settings) return { Status: 'DISABLED' };
  const { startedAtMs, endedAtMs } = settings;
  const earliest = startedAtMs + SHORTEST_MS;
  const started = { StartedAt: startedAtMs };
  if (endedAtMs === undefined) {
    return { Status: 'ENABLED', ...started, EarliestAllowedEndAt: earliest };
  }
  if (clock.nowMs() >= endedAtMs) return { Status: 'DISABLED', ...started, EndedAt: endedAtMs };
  const status = 'ENABLED_UNTIL_EARLIEST_ALLOWED_END';
  return { Status: status, ...started, EarliestAllowedEndAt: earliest };
}
