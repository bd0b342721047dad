/**
 * The tables of the embedded engine.
 *
 * A message's or block's key holds the id of its queue or log above its position, so that each
 * queue lies together and in order, and one integer key serves for both.
 */
import type { DatabaseSync } from 'node:sqlite';

/** In the header of every file of ours: "MILR". */
export const APPLICATION_ID = 0x4d_49_4c_52;
/** Version of the layout; older ones are brought forward by `migrations.ts`. */
export const FORMAT = 1;

export const POSITION_BITS = 43;
/** Largest position; at 50,000 messages a second it lasts five years. */
export const LAST_POSITION = 2 ** POSITION_BITS - 1;
/** Largest id of a queue or log. */
export const LAST_ID = 2 ** (63 - POSITION_BITS) - 1;

const TABLES = `
-- One row. Written by every group commit.
CREATE TABLE progress (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  commits INTEGER NOT NULL,   -- number of the last group commit
  sequence INTEGER NOT NULL   -- last position or version given out
);

CREATE TABLE queue (
  id INTEGER PRIMARY KEY,
  name TEXT UNIQUE,           -- NULL: purged, its messages are being removed
  memory INTEGER              -- id under which it remembers keys; NULL: another goes on with it
);

CREATE TABLE message (
  key INTEGER PRIMARY KEY,    -- queue << 43 | position
  queue INTEGER NOT NULL,
  turn INTEGER NOT NULL,      -- 0: behind an earlier message of its group
  visible_at INTEGER NOT NULL,
  token INTEGER NOT NULL,     -- number of leases given out for it
  claims INTEGER NOT NULL,
  first_claimed_at INTEGER,   -- means something when claims > 0
  sent_at INTEGER NOT NULL,
  late INTEGER NOT NULL,      -- 1: born before a message that is not late and stands before it
  ordered INTEGER NOT NULL,
  lane TEXT,                  -- its group
  id TEXT NOT NULL,
  meta TEXT,
  seal INTEGER NOT NULL,      -- checksum
  body TEXT,
  body_id INTEGER             -- instead of body, when that lies in its own table
);
CREATE INDEX message_ready ON message (queue, turn, visible_at, token);
CREATE INDEX message_late ON message (queue, sent_at) WHERE late = 1;
CREATE INDEX message_ordered ON message (queue, lane) WHERE ordered = 1;
CREATE INDEX message_fair ON message (queue, lane, visible_at)
  WHERE ordered = 0 AND lane IS NOT NULL;

CREATE TABLE body (
  id INTEGER PRIMARY KEY,
  uses INTEGER NOT NULL,
  seal INTEGER NOT NULL,
  text TEXT NOT NULL
);

CREATE TABLE dedup (
  memory INTEGER NOT NULL,
  key TEXT NOT NULL,
  until INTEGER NOT NULL,
  position INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (memory, key)
) WITHOUT ROWID;
CREATE INDEX dedup_until ON dedup (memory, until);

-- Redelays that are carried out in slices.
CREATE TABLE redelay (
  queue INTEGER PRIMARY KEY,
  delay INTEGER NOT NULL,
  done INTEGER NOT NULL,      -- up to this position
  until INTEGER NOT NULL      -- later messages know the new delay
);

CREATE TABLE log (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  first INTEGER NOT NULL,
  next INTEGER NOT NULL,
  latest_at INTEGER NOT NULL, -- greatest moment of any record so far
  bytes INTEGER NOT NULL,     -- of all bodies ever
  gone INTEGER NOT NULL       -- bytes of those before first
);

CREATE TABLE block (
  key INTEGER PRIMARY KEY,    -- log << 43 | position of its first record
  count INTEGER NOT NULL,
  latest_at INTEGER NOT NULL, -- as in log, at the end of this block
  bytes_before INTEGER NOT NULL,
  frames TEXT NOT NULL,       -- where each record begins and ends in the text
  seal INTEGER NOT NULL,
  text TEXT NOT NULL
);

CREATE TABLE kind (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE   -- a table of the storage seam
);

CREATE TABLE item (
  kind INTEGER NOT NULL,
  partition TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  seal INTEGER NOT NULL,
  value TEXT NOT NULL,
  -- Not WITHOUT ROWID: keys come in any order, and a page that holds them alone takes many, so
  -- that a group of puts of 1 KiB changes few pages (19 instead of 50 µs of CPU for each).
  PRIMARY KEY (kind, partition, key)
);
`;

export function createTables(db: DatabaseSync): void {
  db.exec(TABLES);
  db.exec('INSERT INTO progress VALUES (1, 0, 0)');
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT}`);
}
