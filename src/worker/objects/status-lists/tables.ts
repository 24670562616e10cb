/**
 * The table of the status lists. The last row of the newest list tells where the next block begins,
 * so it is never deleted. `ends_at` is the time at which the last token of the block has expired, in
 * epoch seconds.
 */
export const MIGRATIONS = [
  `CREATE TABLE leases (
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
