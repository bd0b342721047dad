/**
 * Time to live: which attribute says when an item is over.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
import type { Operations } from '../../wire/types/dynamodb.ts';
import type { Operation } from '../service.ts';
import { change, checkIdle } from './change.ts';
import { invalid } from './errors.ts';
import { beginning, ending } from './expiring.ts';
import { knownTable } from './lookup.ts';
import { partitionOf, storeOf, type TableRecord } from './store.ts';

export const UpdateTimeToLive: Operation<Operations['UpdateTimeToLive']> = (call, input) => {
  const { stack } = call;
  const { Enabled: isOn, AttributeName: attribute } = input.TimeToLiveSpecification;
  return change(stack, async () => {
    const { value: table, version } = await knownTable(call, input.TableName);
    checkIdle(table);
    const { timeToLive: before, ...rest } = table;
    if (isOn && before) throw invalid('TimeToLive is already enabled');
    if (!isOn && !before) throw invalid('TimeToLive is already disabled');
    if (!isOn && before?.attribute !== attribute) {
      throw invalid(
        'TimeToLive is active on a different AttributeName: current AttributeName is ' +
          `${before?.attribute}`,
      );
    }
    const timeToLive = { attribute, sinceMs: stack.clock.nowMs() };
    const after: TableRecord = isOn ? { ...rest, timeToLive } : rest;
    const { tables } = storeOf(stack);
    return {
      writes: [
        tables.put(partitionOf(table), table.name, after, version),
        isOn ? beginning(stack, after) : ending(stack, table),
      ],
      answer: { TimeToLiveSpecification: { Enabled: isOn, AttributeName: attribute } },
    };
  });
};

export const DescribeTimeToLive: Operation<Operations['DescribeTimeToLive']> = async (
  call,
  input,
) => {
  const { timeToLive } = (await knownTable(call, input.TableName)).value;
  return {
    TimeToLiveDescription: timeToLive
      ? { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLive.attribute }
      : { TimeToLiveStatus: 'DISABLED' },
  };
};
