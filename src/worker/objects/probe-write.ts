/**
 * Checks whether a Durable Object can write. It inserts a row that is large enough to need its own
 * page, and deletes it. Both happen in one transaction, which must become durable. The caller
 * limits how often this runs.
 */
import { PROBE_BYTES } from '../../core/limits.ts'

/**
 * `write` inserts a row that contains `filling` and deletes it. Throws the error of the storage.
 */
export async function probeWrite(
  storage: DurableObjectStorage,
  write: (sql: SqlStorage, filling: string) => void,
): Promise<void> {
  storage.transactionSync(() => write(storage.sql, 'p'.repeat(PROBE_BYTES)))
  await storage.sync()
}
