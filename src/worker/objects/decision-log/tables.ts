/**
 * The tables of a shard of the decision log. `batches` has what isolates sent in the last hour, one
 * row a write. Older batches are in `blocks`, many in one compressed row, with the values by which
 * questions find them in `block_filters`. `rule_uses` is for alerts.
 */
export const MIGRATIONS = [
  `CREATE TABLE chain (
    shard INTEGER NOT NULL,
    issuer TEXT NOT NULL,
    first_sequence INTEGER NOT NULL,
    first_previous TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    head TEXT NOT NULL,
    exported_sequence INTEGER NOT NULL DEFAULT 0,
    records INTEGER NOT NULL DEFAULT 0,
    recent INTEGER NOT NULL DEFAULT 0,
    fault TEXT,
    faulty_since INTEGER
  );
  CREATE TABLE batches (
    sequence INTEGER PRIMARY KEY,
    first_id TEXT NOT NULL UNIQUE,
    time INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    head TEXT NOT NULL,
    lines TEXT NOT NULL
  );
  CREATE INDEX batches_by_time ON batches (to_at);
  CREATE TABLE blocks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    first_sequence INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    head TEXT NOT NULL,
    content BLOB NOT NULL
  );
  CREATE UNIQUE INDEX blocks_by_sequence ON blocks (last_sequence);
  CREATE INDEX blocks_by_time ON blocks (to_at);
  CREATE TABLE terms (
    term INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    block INTEGER NOT NULL,
    PRIMARY KEY (term, to_at, block)
  ) WITHOUT ROWID;
  CREATE TABLE usage (
    day INTEGER NOT NULL,
    rule TEXT NOT NULL,
    resource TEXT NOT NULL,
    scope TEXT NOT NULL,
    granted INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (rule, resource, scope, day)
  ) WITHOUT ROWID;
  CREATE INDEX usage_by_day ON usage (day);
  CREATE TABLE checkpoints (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    jwt TEXT NOT NULL,
    delivered_at INTEGER
  );`,
  `CREATE TABLE rule_uses (
    rule TEXT NOT NULL,
    resource TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (rule, resource, kind, value)
  ) WITHOUT ROWID;`,
  // Null for the days that an earlier release counted.
  'ALTER TABLE usage ADD COLUMN outlived INTEGER',
  // Batches that an earlier release compressed stay uncounted.
  `ALTER TABLE chain ADD COLUMN counted_sequence INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE exchange_counts (
    issuer TEXT NOT NULL,
    rule TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    counted_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, rule, outcome, reason)
  ) WITHOUT ROWID;
  CREATE TABLE duration_counts (
    issuer TEXT PRIMARY KEY,
    buckets TEXT NOT NULL,
    sum INTEGER NOT NULL,
    counted_at INTEGER NOT NULL
  ) WITHOUT ROWID;`,
  `CREATE TABLE issuer_counts (
    issuer TEXT PRIMARY KEY,
    granted INTEGER NOT NULL,
    denied INTEGER NOT NULL,
    since INTEGER NOT NULL,
    counted_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE refused_questions (
    source TEXT PRIMARY KEY,
    questions INTEGER NOT NULL,
    counted_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE activity (
    step INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (step, outcome)
  ) WITHOUT ROWID;`,
  // Only the first shard has rows in `known_shards`. It learns of shards of earlier releases too.
  `ALTER TABLE chain ADD COLUMN announced INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE known_shards (shard INTEGER PRIMARY KEY);`,
  // A block without a filter may have every term.
  `DROP TABLE terms;
  CREATE TABLE block_filters (block INTEGER PRIMARY KEY, filter BLOB NOT NULL);`,
  // Null: nothing was purged since this release.
  'ALTER TABLE chain ADD COLUMN purged_to INTEGER',
  // Earlier filters lack the resources of denials.
  'DELETE FROM block_filters',
] as const
