/** Serves the status lists, and the names of all of them (SL-09 to SL-12, SL-23). */
import { accepts, weightOf } from '../../core/accept.ts'
import { STATUS_LIST_CONTENT_TYPE, statusListUri } from '../../protocol/status/status-list.ts'
import { STATUS_LIST_TTL_SECONDS } from '../caches/status/limits.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { answerNotFound } from '../http/failures.ts'
import { respondJson, respondTaggedText } from '../http/respond.ts'

export async function statusListRoute(c: AppContext): Promise<Response> {
  const { statusLists } = c.var.gateway
  if (statusLists === undefined) return answerNotFound(c, undefined)
  // The gateway keeps no earlier lists (SL-12).
  if (c.req.query('time') !== undefined) return refuse(501, 'earlier status lists are not kept')
  const { headers } = c.req.raw
  if (!accepts(headers.get('accept'), STATUS_LIST_CONTENT_TYPE)) {
    return refuse(406, `status lists have the type ${STATUS_LIST_CONTENT_TYPE}`)
  }
  const list = await statusLists.load(c.req.param('list') ?? '')
  if (list === undefined) return answerNotFound(c, undefined)
  // The tag is weak, because the compressed form has the same.
  const { token } = list
  const response = await respondTaggedText(c.req.raw, token, STATUS_LIST_CONTENT_TYPE, token)
  const left = Math.max(0, list.issuedAt + STATUS_LIST_TTL_SECONDS - readClock())
  response.headers.set('cache-control', `public, max-age=${left}`)
  response.headers.set('vary', 'accept, accept-encoding')
  // The runtime compresses the body then.
  if (response.status === 200 && weightOf(headers.get('accept-encoding'), 'gzip') > 0) {
    response.headers.set('content-encoding', 'gzip')
  }
  return response
}

export async function statusListsRoute(c: AppContext): Promise<Response> {
  const { settings, statusLists } = c.var.gateway
  if (statusLists === undefined) return answerNotFound(c, undefined)
  const names = await statusLists.names()
  return respondJson({ status_lists: names.map((name) => statusListUri(settings.issuer, name)) })
}

function refuse(status: 406 | 501, description: string): Response {
  const body = { error: 'invalid_request', error_description: description }
  return respondJson(body, status)
}
