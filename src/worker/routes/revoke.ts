/** `POST /revoke` (RFC 7009) returns 200 and `{}` after the revocation is durable. */

import { renderDenial } from '../../core/endpoint/render.ts'
import { revoke } from '../../core/endpoint/revoke.ts'
import { CLIENT_CREDENTIALS } from '../../core/grants/client-credentials.ts'
import { MAX_REQUEST_BODY_BYTES } from '../../core/limits.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { acceptedKeys } from '../http/accepted-keys.ts'
import { readBody } from '../http/body.ts'
import { respond, respondJson } from '../http/respond.ts'
import { log } from '../log.ts'
import { createAssertionPorts } from '../proofs/assertion-ports.ts'
import { createProveCaller } from '../proofs/caller-proof.ts'

export async function revokeRoute(c: AppContext): Promise<Response> {
  const { settings, revocationLog } = c.var.gateway
  const { proveCaller, refuse, finish } = createProveCaller(c)
  const body = await readBody(c.req.raw, MAX_REQUEST_BODY_BYTES)
  const outcome = await revoke(
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
      revokeToken: revocationLog.revokeToken,
      assertions: createAssertionPorts(c),
    },
  )
  if (!outcome.ok) {
    return finish(respond(refuse(renderDenial(outcome.error, undefined, CLIENT_CREDENTIALS))))
  }
  const revoked = outcome.value
  if (revoked !== undefined) {
    const { tokenId, rule } = revoked
    log({ event: 'revocation', at: readClock(), tokenId, ...(rule === undefined ? {} : { rule }) })
  }
  // RFC 7009 §2.2: clients ignore the body. Some fail if the answer is not JSON.
  return finish(respondJson({}))
}
