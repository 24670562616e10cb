/**
 * Updates the tables of a Durable Object when it starts. Migrations are numbered by their position
 * in a list that only grows. Never edit a migration after its release.
 */

/** Runs the missing migrations. Each one is applied and recorded in one transaction. */
export function migrate(storage: DurableObjectStorage, migrations: readonly string[]): void {
  storage.sql.exec('CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY)')
  const { latest } = storage.sql
    .exec<{ latest: number }>('SELECT COALESCE(MAX(number), 0) AS latest FROM migrations')
    .one()
  // A newer version wrote these tables. Writing to them could lose data of that version (WRK-09).
  if (latest > migrations.length) throw new Error('a newer version wrote the stored tables')
  for (const [index, statements] of migrations.entries()) {
    const number = index + 1
    if (number <= latest) continue
    storage.transactionSync(() => {
      storage.sql.exec(statements)
      storage.sql.exec('INSERT INTO migrations (number) VALUES (?)', number)
    })
  }
}
