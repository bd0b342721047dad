/**
 * The tables of the PostgreSQL engine, but for those of queues (`queue-schema.ts`).
 *
 * Names of logs, tables and partitions stand in the rows as they are: an id for each would be one
 * more row to read, to remember and to race for.
 */
import type { Schema } from './names.ts';
import { queueTables } from './queue-schema.ts';

/** Version of the layout. Older ones are brought forward by `migrations.ts`. */
export const FORMAT = 1;

/**
 * Parts that rows of tables are spread over, so that no one index and no one vacuum is all. Every
 * statement sets out on all of them: with 16 it takes 0.3 ms more, with 4 it cannot be told.
 */
const ITEM_PARTS = 4;

/** Numbers that a node takes from the sequence of versions at once. */
export const VERSIONS_AT_ONCE = 10_000;

/** Rows that are rewritten: cleaned often, a little at a time, and with room to stay in place. */
const OFTEN_VACUUMED =
  'autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0, ' +
  'autovacuum_analyze_scale_factor = 0.05';

export function createTables(schema: Schema): string {
  return [tables(schema), logs(schema), queueTables(schema)].join('\n');
}

function tables(schema: Schema): string {
  const part = (index: number) =>
    `CREATE TABLE ${schema.at(`item_${index}`)} PARTITION OF ${schema.at('item')}
       FOR VALUES WITH (MODULUS ${ITEM_PARTS}, REMAINDER ${index})
       WITH (fillfactor = 85, ${OFTEN_VACUUMED});`;
  return `
-- Versions of rows. Each node takes a block of numbers at once.
CREATE SEQUENCE ${schema.at('version')} INCREMENT ${VERSIONS_AT_ONCE};

-- A node's number, for its rows of revision.
CREATE SEQUENCE ${schema.at('node')};

CREATE TABLE ${schema.at('item')} (
  kind text COLLATE "C" NOT NULL,       -- the table of the storage seam
  partition text COLLATE "C" NOT NULL,
  head text COLLATE "C" NOT NULL,       -- the key; of a long one its beginning
  digest text COLLATE "C" NOT NULL,     -- of a long key: hash of it all; otherwise empty
  tail text COLLATE "C" NOT NULL,       -- the rest of a long key
  version bigint NOT NULL,
  seal bigint NOT NULL,                 -- checksum of the value
  value text NOT NULL,
  PRIMARY KEY (kind, partition, head, digest)
) PARTITION BY HASH (kind, partition);
${Array.from({ length: ITEM_PARTS }, (_, index) => part(index)).join('\n')}

-- How often each node has changed a partition; the sum over the nodes is its revision.
CREATE TABLE ${schema.at('revision')} (
  kind text COLLATE "C" NOT NULL,
  partition text COLLATE "C" NOT NULL,
  node int NOT NULL,
  changes bigint NOT NULL,
  PRIMARY KEY (kind, partition, node)
) WITH (fillfactor = 50, ${OFTEN_VACUUMED});
`;
}

function logs(schema: Schema): string {
  const block = schema.at('block');
  return `
-- Records of logs, many in a row. Rows are inserted and never changed; they go with the part that
-- they are in. Within a log a later block is never in an earlier part. See log-parts.ts.
CREATE TABLE ${block} (
  log text COLLATE "C" NOT NULL,
  part int NOT NULL,
  first bigint NOT NULL,                -- position of its first record
  next bigint NOT NULL,                 -- position after its last one
  latest_at double precision NOT NULL,  -- greatest moment of any record up to its end
  bytes_before bigint NOT NULL,         -- of the bodies of all records before it
  bytes bigint NOT NULL,                -- of the bodies in it
  frames text NOT NULL,                 -- where each record begins and ends in the text
  seal bigint NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (log, part, first)
) PARTITION BY RANGE (part);
CREATE INDEX block_latest ON ${block} (log, part, latest_at, first);
CREATE TABLE ${schema.at('block_1')} PARTITION OF ${block} FOR VALUES FROM (1) TO (2);

-- One row: the part that new blocks go to.
CREATE TABLE ${schema.at('log_part')} (
  part int NOT NULL,
  since timestamptz NOT NULL
) WITH (fillfactor = 50, ${OFTEN_VACUUMED});
INSERT INTO ${schema.at('log_part')} VALUES (1, now());

-- What was trimmed. A log without a row was never trimmed.
CREATE TABLE ${schema.at('log')} (
  name text COLLATE "C" PRIMARY KEY,
  first bigint NOT NULL,                -- position of the oldest record kept
  gone bigint NOT NULL,                 -- bytes of the bodies before it
  latest_at double precision NOT NULL   -- greatest moment of any record when it was trimmed
) WITH (fillfactor = 50, ${OFTEN_VACUUMED});
`;
}
