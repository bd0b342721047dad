import type { KinesisStreamRecord } from 'aws-lambda';
import type { LocationUpdated } from './rides.ts';

export function samplesIn(records: readonly KinesisStreamRecord[]): readonly LocationUpdated[] {
  return records.map(({ kinesis }) => {
    const json = Buffer.from(kinesis.data, 'base64').toString();
    return JSON.parse(json) as LocationUpdated;
  });
}
