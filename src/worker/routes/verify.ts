/**
 * `/verify` and everything below it: forward auth for proxies. The body, where a proxy sends one,
 * is not read. A grant is not logged: the token's issue was, and a line for each request of an API
 * would bury it; the proxy's own log has the identity.
 */
import { describeRefusal, forwardAuth } from '../../core/endpoint/forward-auth.ts'
import { renderForward } from '../../core/endpoint/render-forward.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { respondForward } from '../http/respond.ts'
import { log } from '../log.ts'

export async function verifyRoute(c: AppContext): Promise<Response> {
  const { settings, keyRing, trust, revocations } = c.var.gateway
  const { url, headers } = c.req.raw
  const outcome = await forwardAuth(
    {
      path: c.req.path,
      query: queryOf(url),
      header: (name) => headers.get(name) ?? undefined,
    },
    {
      gatewayIssuer: settings.issuer,
      maxTokenLifetimeSeconds: settings.ceilings.maxTokenLifetimeSeconds,
    },
    {
      clock: readClock,
      keyRing,
      loadTrust: (at) => trust.load(at, (task) => c.executionCtx.waitUntil(task)),
      loadRevocations: revocations.load,
    },
  )
  if (!outcome.allowed) log(describeRefusal(outcome))
  return respondForward(renderForward(outcome))
}

function queryOf(url: string): string {
  const start = url.indexOf('?')
  return start === -1 ? '' : url.slice(start + 1)
}
