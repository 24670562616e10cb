/**
 * The Worker's entry: the app and the Durable Objects that the platform looks up by class name.
 */
export { ReplayLedger } from './durable/replay-ledger.ts'
export { RevocationLog } from './durable/revocation-log.ts'
export { TrustStore } from './durable/trust-store.ts'

import { createApp } from './app.ts'

export default createApp()
