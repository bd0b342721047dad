/** Writes down the orders that come to a region. What it logs is what was left to it. */
import type { SNSEvent } from 'aws-lambda';

export async function handler({ Records }: SNSEvent): Promise<void> {
  for (const { Sns } of Records) console.log(`ORDER ${Sns.Message}`);
}
