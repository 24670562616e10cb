/**
 * Answers requests that no route answered: unknown path, wrong method, unavailable store, bug.
 * OAuth clients expect errors of RFC 6749. So only the admin API and the console use problem details
 * (RFC 9457, AD-01).
 */

import { PROBLEMS } from '../../contract/problems/problems.ts'
import { renderUnavailable } from '../../core/endpoint/render.ts'
import { RETRY_AFTER_SECONDS } from '../../core/limits.ts'
import { Unavailable } from '../../core/ports.ts'
import { ADMIN_PREFIX, PATHS } from '../../protocol/paths.ts'
import type { AppContext } from '../context.ts'
import { describeError, log } from '../log.ts'
import { respond, respondJson, respondProblem } from './respond.ts'

/** Returns 405 with `Allow` if the path serves other methods, else 404. */
export function answerNotFound(c: AppContext, methods: readonly string[] | undefined): Response {
  if (methods !== undefined) return refuseMethod(c, methods)
  if (isAdmin(c)) return refusePath()
  return respondJson({ error: 'invalid_request', error_description: 'not found' }, 404)
}

function refusePath(): Response {
  const detail = 'this path is not an endpoint; /admin/v1/openapi.json lists every endpoint'
  return respondProblem({ ...PROBLEMS.pathUnknown, detail })
}

function refuseMethod(c: AppContext, methods: readonly string[]): Response {
  const allow = methods.join(', ')
  if (isAdmin(c)) {
    return respondProblem({ ...PROBLEMS.methodUnsupported, detail: `use ${allow}` }, { allow })
  }
  const body = { error: 'invalid_request', error_description: `use ${methods[0]}` }
  return respondJson(body, 405, { allow })
}

/** Returns 503 with `Retry-After` if a store is unavailable, else 500. Any other error is a bug. */
export function answerFailure(error: unknown, c: AppContext): Response {
  if (error instanceof Unavailable) {
    return answerUnavailable(c, `${error.part} is unavailable: try again later`)
  }
  const requestId = crypto.randomUUID()
  log({ event: 'failure', requestId, ...describeError(error) })
  const detail = `internal error, logged with the request id ${requestId}`
  if (isAdmin(c)) return respondProblem({ ...PROBLEMS.internalError, detail })
  return respondJson({ error: 'server_error', error_description: detail }, 500)
}

/** The answer of a gateway with invalid settings. */
export function answerUnready(c: AppContext): Response {
  return answerUnavailable(c, 'the settings of the gateway are invalid: /health names them')
}

function answerUnavailable(c: AppContext, detail: string): Response {
  if (!isAdmin(c)) return respond(renderUnavailable())
  return respondProblem(
    { ...PROBLEMS.unavailable, detail },
    { 'retry-after': String(RETRY_AFTER_SECONDS) },
  )
}

function isAdmin(c: AppContext): boolean {
  const { path } = c.req
  return path.startsWith(ADMIN_PREFIX) || path.startsWith(`${PATHS.console}/`)
}
