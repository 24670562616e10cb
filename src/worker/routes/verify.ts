/**
 * `/verify` and all paths below it are forward auth for proxies. The body is not read. Only
 * refusals are logged. The exchange of an accepted token was logged, and the proxy's own log has
 * the identity.
 */
import { describeRefusal, forwardAuth } from '../../core/endpoint/forward/forward-auth.ts'
import { renderForward } from '../../core/endpoint/forward/render-forward.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { respondForward } from '../http/respond.ts'

export async function verifyRoute(c: AppContext): Promise<Response> {
  const gateway = c.get('gateway')
  const { settings, keyRing, trust, revocations, records } = gateway
  const background = (task: Promise<unknown>) => c.executionCtx.waitUntil(task)
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
      loadTrust: (at) => trust.load(at, background),
      loadRevocations: (at) => revocations.load(at, background),
      verifySignature: gateway.verifySignature,
      claimProof: gateway.claimForwardedProof,
    },
  )
  if (!outcome.allowed) records.add(describeRefusal(outcome), background)
  return respondForward(renderForward(outcome))
}

function queryOf(url: string): string {
  const start = url.indexOf('?')
  return start === -1 ? '' : url.slice(start + 1)
}
