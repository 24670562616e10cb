import { expect, it } from 'vitest'
import { STORED_TABLES } from '../../../src/dev/serve/stored-tables.ts'
import { MIGRATIONS as DecisionLog } from '../../../src/worker/objects/decision-log/tables.ts'
import { MIGRATIONS as ReplayLedger } from '../../../src/worker/objects/replay-ledger/replay-ledger.ts'
import { MIGRATIONS as RevocationLog } from '../../../src/worker/objects/revocation-log/tables.ts'
import { MIGRATIONS as StatusLists } from '../../../src/worker/objects/status-lists/tables.ts'
import { MIGRATIONS as TrustStore } from '../../../src/worker/objects/trust-store/tables.ts'

it('WRK-09 the version of a state directory counts every migration of the Durable Objects', () => {
  const lists = { TrustStore, RevocationLog, ReplayLedger, DecisionLog, StatusLists }
  const counts = Object.entries(lists).map(([name, list]) => [name, list.length] as const)
  expect(STORED_TABLES).toEqual(Object.fromEntries(counts))
})
