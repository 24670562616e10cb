/**
 * The Worker's entry: the app behind the check of the host, and the Durable Objects that the
 * platform looks up by class name.
 */
export { ReplayLedger } from './durable/replay-ledger.ts'
export { RevocationLog } from './durable/revocation-log.ts'
export { TrustStore } from './durable/trust-store.ts'

import { createApp } from './app.ts'
import { refuseHost } from './check-host.ts'
import type { Env } from './config.ts'

const app = createApp()

export default {
  fetch: (request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> =>
    refuseHost(request, env) ?? app.fetch(request, env, context),
}
