/**
 * Finds out whether a Durable Object can write: a row large enough to need a page of its own goes
 * into the real tables and out again, in one transaction that must become durable. Rate limits are
 * the caller's.
 */
import { PROBE_BYTES } from '../../core/limits.ts'

/** `write` adds a row that holds `filling` and deletes it. Throws what the storage throws. */
export async function probeWrite(
  storage: DurableObjectStorage,
  write: (sql: SqlStorage, filling: string) => void,
): Promise<void> {
  storage.transactionSync(() => write(storage.sql, 'p'.repeat(PROBE_BYTES)))
  await storage.sync()
}
