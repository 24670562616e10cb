/** The tables of the revocation log. */
export const MIGRATIONS = [
  `CREATE TABLE revocations (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    grain TEXT NOT NULL,
    id TEXT NOT NULL,
    issued_before INTEGER,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL,
    revoked_by TEXT NOT NULL,
    UNIQUE (grain, id)
  );
  CREATE INDEX revocations_by_end ON revocations (expires_at);
  CREATE TABLE publication (published_sequence INTEGER NOT NULL);
  INSERT INTO publication (published_sequence) VALUES (-1);`,
  `ALTER TABLE revocations ADD COLUMN reason TEXT;
  ALTER TABLE publication ADD COLUMN fault TEXT;
  ALTER TABLE publication ADD COLUMN failing_since INTEGER;`,
  // The entries are last, so that reading the other columns does not read their pages.
  `CREATE TABLE segments (
    digest TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    half_ends_at INTEGER NOT NULL,
    written_at INTEGER,
    retired_at INTEGER,
    entries BLOB NOT NULL
  );
  ALTER TABLE publication ADD COLUMN folded_sequence INTEGER NOT NULL DEFAULT 0;`,
  `ALTER TABLE revocations ADD COLUMN stops_issuing INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE revocations ADD COLUMN lifted_at INTEGER;
  ALTER TABLE revocations ADD COLUMN lifted_by TEXT;
  ALTER TABLE revocations ADD COLUMN lift_reason TEXT;`,
] as const
