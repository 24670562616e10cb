/**
 * The Durable Objects that store tables, with the number of their migrations in this release. A test
 * compares them with the migrations of the Worker.
 */
export const STORED_TABLES = {
  TrustStore: 10,
  RevocationLog: 4,
  ReplayLedger: 3,
  DecisionLog: 9,
  StatusLists: 1,
} as const

/** Classes of earlier releases that this one does not have any more. */
export const RETIRED_TABLES: readonly string[] = []
