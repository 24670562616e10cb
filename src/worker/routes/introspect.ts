/** `POST /introspect` (RFC 7662) asks the revocation log itself, so its answer is exact. */
import { introspect } from '../../core/endpoint/introspect.ts'
import { renderDenial } from '../../core/endpoint/render.ts'
import { MAX_REQUEST_BODY_BYTES } from '../../core/limits.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { acceptedKeys } from '../http/accepted-keys.ts'
import { readBody } from '../http/body.ts'
import { respond, respondJson } from '../http/respond.ts'
import { createProveCaller } from '../proofs/caller-proof.ts'

export async function introspectRoute(c: AppContext): Promise<Response> {
  const { settings, revocationLog } = c.var.gateway
  const { proveCaller, refuse } = createProveCaller(c)
  const body = await readBody(c.req.raw, MAX_REQUEST_BODY_BYTES)
  const outcome = await introspect(
    {
      ...body,
      contentType: c.req.raw.headers.get('content-type') ?? undefined,
      authorization: c.req.raw.headers.get('authorization') ?? undefined,
    },
    {
      gatewayIssuer: settings.issuer,
      keyRing: acceptedKeys(c.var.gateway),
      clock: readClock,
      isRevoked: revocationLog.isRevoked,
      proveCaller,
    },
  )
  if (!outcome.ok) return respond(refuse(renderDenial(outcome.error)))
  return respondJson(outcome.value)
}
