/**
 * The entry of the Worker: the app behind the check of the host. It also exports the Durable
 * Objects, which the platform finds by class name, and the entrypoint for `serve`.
 */
export { Lifecycle } from './lifecycle.ts'
export { DecisionLog } from './objects/decision-log/decision-log.ts'
export { ReplayLedger } from './objects/replay-ledger/replay-ledger.ts'
export { RevocationLog } from './objects/revocation-log/revocation-log.ts'
export { StatusLists } from './objects/status-lists/status-lists.ts'
export { TrustReader } from './objects/trust-reader/trust-reader.ts'
export { TrustStore } from './objects/trust-store/trust-store.ts'

import { createApp } from './app.ts'
import { getOwnHosts } from './compose.ts'
import type { Env } from './env.ts'
import { refuseHost } from './routing/check-host.ts'

const app = createApp()

export default {
  fetch: (request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> =>
    refuseHost(request, env, getOwnHosts(env)) ?? app.fetch(request, env, context),
}
