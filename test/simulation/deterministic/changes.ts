/** What a table holds at the end, and all that its stream tells. */
import type { Counted } from '../history.ts';
import { ask, keyOf, type Scene } from './scene.ts';
import { COUNTED } from './table-work.ts';

interface Image {
  readonly id: { readonly S: string };
  readonly count: { readonly N: string };
  readonly text: { readonly S: string };
}

interface Change {
  readonly eventName: string;
  readonly dynamodb: { readonly OldImage?: Image; readonly NewImage: Image };
}

interface Description {
  readonly StreamDescription: { readonly Shards: readonly { readonly ShardId: string }[] };
}

const counted = ({ id, count, text }: Image): Counted => ({
  item: id.S,
  count: Number(count.N),
  key: keyOf(text.S),
});

export async function readChanges(scene: Scene): Promise<void> {
  const { answer } = await ask(scene, 'dynamodb', 'Scan', { TableName: COUNTED });
  const { Items = [] } = answer as { readonly Items?: readonly Image[] };
  const changes = (await allChanges(scene)).map(({ eventName, dynamodb }) => ({
    ...counted(dynamodb.NewImage),
    before: dynamodb.OldImage ? Number(dynamodb.OldImage.count.N) : 0,
    isFirst: eventName === 'INSERT',
  }));
  scene.changes = { queue: 'changes.fifo', items: Items.map(counted), changes };
}

async function allChanges(scene: Scene): Promise<readonly Change[]> {
  const StreamArn = await streamArnOf(scene);
  const streams = (operation: string, input: object) =>
    ask(scene, 'dynamodbstreams', operation, input);
  const told = (await streams('DescribeStream', { StreamArn })).answer as Description;
  const changes: Change[] = [];
  for (const { ShardId } of told.StreamDescription.Shards) {
    const from = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    const begun = (await streams('GetShardIterator', from)).answer;
    let iterator = (begun as { readonly ShardIterator?: string }).ShardIterator;
    while (iterator !== undefined) {
      const page = (await streams('GetRecords', { ShardIterator: iterator })).answer as {
        readonly Records: readonly Change[];
        readonly NextShardIterator?: string;
      };
      changes.push(...page.Records);
      iterator = page.Records.length === 0 ? undefined : page.NextShardIterator;
    }
  }
  return changes;
}

export async function streamArnOf(scene: Scene): Promise<string> {
  const { answer } = await ask(scene, 'dynamodb', 'DescribeTable', { TableName: COUNTED });
  const { Table } = answer as { readonly Table?: { readonly LatestStreamArn?: string } };
  return Table?.LatestStreamArn ?? '';
}
