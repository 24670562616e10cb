/**
 * Answers where no route answered: unknown path, wrong method, a store that is down, a bug. OAuth
 * clients expect errors of RFC 6749, so problem details (RFC 9457) are for the admin API only
 * (AD-01).
 */

import { renderUnavailable } from '../../core/endpoint/render.ts'
import { RETRY_AFTER_SECONDS } from '../../core/limits.ts'
import { Unavailable } from '../../core/ports.ts'
import { ADMIN_PREFIX } from '../../protocol/paths.ts'
import type { AppContext } from '../context.ts'
import { describeError, log } from '../log.ts'
import { respond, respondJson, respondProblem } from './respond.ts'

/** A path that serves other methods is 405 with `Allow`, any other is 404. */
export function answerNotFound(c: AppContext, methods: readonly string[] | undefined): Response {
  if (methods !== undefined) return refuseMethod(c, methods)
  if (isAdmin(c)) return respondProblem({ status: 404, title: 'Not Found' })
  return respondJson({ error: 'invalid_request', error_description: 'there is nothing here' }, 404)
}

function refuseMethod(c: AppContext, methods: readonly string[]): Response {
  const allow = methods.join(', ')
  if (isAdmin(c)) return respondProblem({ status: 405, title: 'Method Not Allowed' }, { allow })
  const body = { error: 'invalid_request', error_description: `use ${methods[0]}` }
  return respondJson(body, 405, { allow })
}

/** A store that is down is 503 and says when to return; anything else is a bug of ours. */
export function answerFailure(error: unknown, c: AppContext): Response {
  if (error instanceof Unavailable) {
    if (!isAdmin(c)) return respond(renderUnavailable())
    return respondProblem(
      { status: 503, title: 'Service Unavailable', detail: `${error.part} is unavailable` },
      { 'retry-after': String(RETRY_AFTER_SECONDS) },
    )
  }
  const requestId = crypto.randomUUID()
  log({ event: 'failure', requestId, ...describeError(error) })
  const detail = `this is a fault of the gateway; its log knows it as ${requestId}`
  if (isAdmin(c)) return respondProblem({ status: 500, title: 'Internal Server Error', detail })
  return respondJson({ error: 'server_error', error_description: detail }, 500)
}

function isAdmin(c: AppContext): boolean {
  return c.req.path.startsWith(ADMIN_PREFIX)
}
