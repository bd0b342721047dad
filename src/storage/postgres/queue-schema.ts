/**
 * The tables of queues.
 *
 * Ids of queues never change, so a node remembers them for ever. A purge moves marks
 * (`purged_to`, `forgotten_to`): what stands at or before a mark is gone for everyone at once, and
 * its rows are deleted in slices.
 */
import type { Schema } from './names.ts';

/** Positions that a round takes from the sequence at once. */
export const POSITIONS_AT_ONCE = 1000;

/**
 * How each index of messages writes the columns that another one has, too, so that a statement can
 * only use the index that it is meant for: `${OF.ready('m.queue')} = …`.
 *
 * A queue that is empty when the planner looks seems to cost nothing by any index, and the plan
 * is kept when it has filled up: reading the whole of another index for each row then costs
 * milliseconds. For the same reason joins that have one good order are written as `LATERAL` with
 * `OFFSET 0` or `FOR UPDATE`, which the planner leaves as they are, and conditions that are for
 * no index to look at as `+ 0`.
 */
export const OF = {
  ready: (column: string) => `(${column} + 1)`,
  ordered: (column: string) => `(${column} + 2)`,
  fair: (column: string) => `(${column} + 3)`,
  born: (column: string) => `(${column} + 4)`,
};

/** Rows that change often: cleaned often, a little at a time, without resting. */
const OFTEN_VACUUMED =
  'autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0, ' +
  'autovacuum_analyze_scale_factor = 0.05';

export function queueTables(schema: Schema): string {
  return `
-- Positions of messages in all queues. Each round of a transaction takes one block of them.
CREATE SEQUENCE ${schema.at('position')} INCREMENT ${POSITIONS_AT_ONCE} START ${POSITIONS_AT_ONCE};

CREATE TABLE ${schema.at('queue')} (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  ordered boolean NOT NULL,                -- its messages take turns
  purged_to bigint NOT NULL DEFAULT 0,     -- messages up to this position are gone
  forgotten_to bigint NOT NULL DEFAULT 0,  -- so are keys of messages up to this one
  cleared_to bigint NOT NULL DEFAULT 0     -- rows up to this position are deleted
);
CREATE INDEX queue_to_clear ON ${schema.at('queue')} (id)
  WHERE greatest(purged_to, forgotten_to) > cleared_to;

CREATE TABLE ${schema.at('message')} (
  position bigint NOT NULL,
  visible_at bigint NOT NULL,
  sent_at bigint NOT NULL,
  first_claimed_at bigint,                 -- means something when claims > 0
  queue int NOT NULL,
  token int NOT NULL,                      -- number of leases given out for it
  claims int NOT NULL,
  seal int NOT NULL,                       -- checksum
  turn boolean NOT NULL,                   -- false: behind an earlier message of its group
  ordered boolean NOT NULL,
  lane text COLLATE "C",                   -- its group, see queue-lanes.ts
  long_group text COLLATE "C",             -- a group too long for the index
  id text COLLATE "C" NOT NULL,
  meta text COLLATE "C",
  body text COLLATE "C" NOT NULL,
  PRIMARY KEY (queue, position)
) WITH (fillfactor = 85, ${OFTEN_VACUUMED});
CREATE INDEX message_ready ON ${schema.at('message')}
  (${OF.ready('queue')}, turn, visible_at, token, ${OF.ready('position')});
CREATE INDEX message_born ON ${schema.at('message')}
  (${OF.born('queue')}, sent_at, ${OF.born('position')});
CREATE INDEX message_ordered ON ${schema.at('message')}
  (${OF.ordered('queue')}, lane, ${OF.ordered('position')}) WHERE ordered;
CREATE INDEX message_fair ON ${schema.at('message')}
  (${OF.fair('queue')}, lane, ${OF.fair('visible_at')}) WHERE NOT ordered AND lane IS NOT NULL;

-- One row per group of an ordered queue, to be locked by whoever changes the group's messages. It
-- is never updated, and goes some time after the last message.
CREATE TABLE ${schema.at('lane')} (
  queue int NOT NULL,
  lane text COLLATE "C" NOT NULL,
  PRIMARY KEY (queue, lane)
) WITH (fillfactor = 85, ${OFTEN_VACUUMED});

-- Redelays of many messages, which are carried out in slices.
CREATE TABLE ${schema.at('redelay')} (
  queue int PRIMARY KEY,
  delay bigint NOT NULL,
  done bigint NOT NULL,                    -- up to this position
  until bigint NOT NULL                    -- later messages know the new delay
);

CREATE TABLE ${schema.at('dedup')} (
  queue int NOT NULL,
  key text COLLATE "C" NOT NULL,
  until bigint NOT NULL,
  position bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  PRIMARY KEY (queue, key)
) WITH (fillfactor = 85, ${OFTEN_VACUUMED});
CREATE INDEX dedup_until ON ${schema.at('dedup')} (${OF.born('queue')}, until);
`;
}
