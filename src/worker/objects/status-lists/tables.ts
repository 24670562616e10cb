/**
 * The tables of the status lists. `next` is the first index that is not leased. `ends_at` is the
 * time at which the last token has expired, in epoch seconds.
 */
export const MIGRATIONS = [
  `CREATE TABLE lists (
    number INTEGER PRIMARY KEY,
    next INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
  );
  CREATE TABLE leases (
    list INTEGER NOT NULL,
    start INTEGER NOT NULL,
    count INTEGER NOT NULL,
    leased_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    rules TEXT NOT NULL,
    issuer TEXT NOT NULL,
    key_id TEXT NOT NULL,
    PRIMARY KEY (list, start)
  ) WITHOUT ROWID;
  CREATE INDEX leases_by_end ON leases (ends_at);`,
] as const
