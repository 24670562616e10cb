/** `POST /introspect` (RFC 7662) asks the revocation log itself, so its answer is exact. */
import { introspect } from '../../core/endpoint/introspect.ts'
import { renderDenial } from '../../core/endpoint/render.ts'
import { CLIENT_CREDENTIALS } from '../../core/grants/client-credentials.ts'
import { MAX_REQUEST_BODY_BYTES } from '../../core/limits.ts'
import { INTROSPECTION_CONTENT_TYPE } from '../../protocol/token.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { acceptedKeys } from '../http/accepted-keys.ts'
import { readBody } from '../http/body.ts'
import { respond, respondJson, respondText } from '../http/respond.ts'
import { createAssertionPorts } from '../proofs/assertion-ports.ts'
import { createProveCaller } from '../proofs/caller-proof.ts'

export async function introspectRoute(c: AppContext): Promise<Response> {
  const { settings, revocationLog } = c.var.gateway
  const { proveCaller, refuse, finish } = createProveCaller(c)
  const body = await readBody(c.req.raw, MAX_REQUEST_BODY_BYTES)
  const outcome = await introspect(
    {
      ...body,
      contentType: c.req.raw.headers.get('content-type') ?? undefined,
      authorization: c.req.raw.headers.get('authorization') ?? undefined,
      accept: c.req.raw.headers.get('accept') ?? undefined,
    },
    {
      gatewayIssuer: settings.issuer,
      keyRing: acceptedKeys(c.var.gateway),
      clock: readClock,
      isRevoked: revocationLog.isRevoked,
      proveCaller,
      assertions: createAssertionPorts(c),
    },
  )
  // Only a client assertion has errors of a grant type.
  if (!outcome.ok) {
    return finish(respond(refuse(renderDenial(outcome.error, undefined, CLIENT_CREDENTIALS))))
  }
  const { value } = outcome
  if (typeof value !== 'string') return finish(respondJson(value))
  return finish(respondText(value, 200, { 'content-type': INTROSPECTION_CONTENT_TYPE }))
}
