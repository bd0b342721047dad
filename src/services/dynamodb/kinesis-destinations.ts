/**
 * Kinesis streams that a table's changes go to.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds.html
 *
 * The answer says that it is under way, as on AWS; when it leaves, it is done.
 */
import type {
  ApproximateCreationDateTimePrecision,
  DestinationStatus,
  Operations,
} from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change, checkIdle } from './change.ts';
import { fault, invalid } from './errors.ts';
import { knownTable } from './lookup.ts';
import { type Destination, partitionOf, storeOf, type TableRecord } from './store.ts';

type Enable = Operations['EnableKinesisStreamingDestination'];
type Disable = Operations['DisableKinesisStreamingDestination'];
type Update = Operations['UpdateKinesisStreamingDestination'];
type Describe = Operations['DescribeKinesisStreamingDestination'];

export const EnableKinesisStreamingDestination: Operation<Enable> = (call, input) => {
  const { EnableKinesisStreamingConfiguration: configuration } = input;
  const precision = configuration?.ApproximateCreationDateTimePrecision ?? 'MILLISECOND';
  return changed(call, input, 'ENABLING', (before) => {
    if (before?.isActive) throw wrongState('enable', 'DISABLED or ENABLE_FAILED');
    return { arn: input.StreamArn, precision, isActive: true };
  });
};

export const DisableKinesisStreamingDestination: Operation<Disable> = (call, input) =>
  changed(call, input, 'DISABLING', (before) => {
    if (!before?.isActive) throw wrongState('disable', 'ACTIVE');
    return { ...before, isActive: false };
  });

export const UpdateKinesisStreamingDestination: Operation<Update> = async (call, input) => {
  const { UpdateKinesisStreamingConfiguration: configuration } = input;
  const precision = configuration?.ApproximateCreationDateTimePrecision;
  const { EnableKinesisStreamingConfiguration: now, ...answer } = await changed(
    call,
    input,
    'UPDATING',
    (before) => {
      if (!before?.isActive) throw wrongState('update', 'ACTIVE');
      if (precision === undefined || precision === before.precision) {
        throw invalid(
          'Invalid Request: Precision is already set to the desired value of ' +
            `${before.precision} for tableId: ${input.TableName}, kdsArn: ${input.StreamArn}`,
        );
      }
      return { ...before, precision };
    },
  );
  return { ...answer, UpdateKinesisStreamingConfiguration: now };
};

function wrongState(verb: string, states: string) {
  return invalid(
    `Table is not in a valid state to ${verb} Kinesis Streaming Destination: ` +
      `KinesisStreamingDestination must be ${states} to perform ${verb.toUpperCase()} operation.`,
  );
}

interface Wish {
  readonly TableName: string;
  readonly StreamArn: string;
}

interface Changed {
  readonly TableName: string;
  readonly StreamArn: string;
  readonly DestinationStatus: DestinationStatus;
  readonly EnableKinesisStreamingConfiguration: {
    readonly ApproximateCreationDateTimePrecision: ApproximateCreationDateTimePrecision;
  };
}

function changed(
  call: Call,
  { TableName: name, StreamArn: arn }: Wish,
  status: DestinationStatus,
  become: (before: Destination | undefined) => Destination,
): Promise<Changed> {
  if (!/^arn:[^:]+:kinesis:[^:]+:\d{12}:stream\/[\w.-]+$/.test(arn)) {
    throw fault('ValidationException', `Invalid StreamArn: ${arn}`);
  }
  return change(call.stack, async () => {
    const { value: table, version } = await knownTable(call, name);
    checkIdle(table);
    const { destinations: all = [] } = table;
    const after = become(all.find((one) => one.arn === arn));
    const destinations = [...all.filter((one) => one.arn !== arn), after];
    const { tables } = storeOf(call.stack);
    const record: TableRecord = { ...table, destinations };
    return {
      writes: [tables.put(partitionOf(table), table.name, record, version)],
      answer: {
        ...{ TableName: table.name, StreamArn: arn, DestinationStatus: status },
        EnableKinesisStreamingConfiguration: {
          ApproximateCreationDateTimePrecision: after.precision,
        },
      },
    };
  });
}

export const DescribeKinesisStreamingDestination: Operation<Describe> = async (call, input) => {
  const { name, destinations = [] } = (await knownTable(call, input.TableName)).value;
  return {
    TableName: name,
    KinesisDataStreamDestinations: destinations.map(({ arn, isActive, precision }) => ({
      StreamArn: arn,
      DestinationStatus: isActive ? 'ACTIVE' : 'DISABLED',
      ApproximateCreationDateTimePrecision: precision,
    })),
  };
};
