/**
 * The Worker's entry: the app behind the check of the host, and the Durable Objects that the
 * platform looks up by class name.
 */
export { ReplayLedger } from './objects/replay-ledger/replay-ledger.ts'
export { RevocationLog } from './objects/revocation-log/revocation-log.ts'
export { TrustStore } from './objects/trust-store/trust-store.ts'

import { createApp } from './app.ts'
import type { Env } from './env.ts'
import { refuseHost } from './http/check-host.ts'

const app = createApp()

export default {
  fetch: (request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> =>
    refuseHost(request, env) ?? app.fetch(request, env, context),
}
