/**
 * Requests to the gateway. The browser adds the session cookie, which no script can read. A failure
 * is a value. An answer without a session tells the shell, which asks the user to sign in again.
 */

import { PATHS } from '../../protocol/paths.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import { GATEWAY } from '../shell/base.ts'
import { type ApiFailure, readProblem } from './failure.ts'
import type { Shape } from './shapes.ts'

/** The admin API for the console: each path of `/admin/v1` again, with the cookie as authentication. */
const API = `${GATEWAY}${PATHS.consoleApi}/v1`

export type Answer<T> = {
  readonly value: T
  readonly headers: Headers
}

export type Ask = {
  readonly method?: 'GET' | 'POST' | 'PUT'
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** The challenge of RFC 6750 §3 names the scope. The detail of the problem is for programs with a token. */
const MISSING_SCOPE = /error="insufficient_scope", scope="([^"]+)"/

let onSessionEnd: () => void = () => {}

/** The shell says what happens when an answer shows that there is no session. */
export function whenSessionEnds(listener: () => void): void {
  onSessionEnd = listener
}

let onScopeMissing: (scope: string) => void = () => {}

/** The shell says what happens when an answer shows that the session does not have a scope. */
export function whenScopeIsMissing(listener: (scope: string) => void): void {
  onScopeMissing = listener
}

/** Asks the admin API. `path` is below `/admin/v1`, such as `/trust`. */
export function ask<T>(
  path: string,
  shape: Shape<T>,
  options: Ask = {},
): Promise<Result<Answer<T>, ApiFailure>> {
  return send(`${API}${path}`, shape, options)
}

/** As `ask`, without the headers of the answer. */
export async function read<T>(
  path: string,
  shape: Shape<T>,
  options: Ask = {},
): Promise<Result<T, ApiFailure>> {
  const answer = await ask(path, shape, options)
  return answer.ok ? ok(answer.value.value) : answer
}

/** Sends a request to any path of the gateway. A 401 is `session_ended`, and the shell is not told. */
export async function sendQuietly<T>(
  url: string,
  hasShape: Shape<T>,
  { method = 'GET', body, headers = {}, signal }: Ask = {},
): Promise<Result<Answer<T>, ApiFailure>> {
  let response: Response
  let text: string
  try {
    response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      credentials: 'same-origin',
      redirect: 'error',
    })
    text = await response.text()
  } catch {
    return fail({ kind: 'unreachable' })
  }
  if (response.status === 401) return fail({ kind: 'session_ended' })
  const value = parseJson(text)
  if (response.ok) {
    const isReadable = (value !== undefined || text === '') && hasShape(value)
    if (!isReadable) return fail({ kind: 'unreadable', status: response.status })
    return ok({ value, headers: response.headers })
  }
  return fail(readRefusal(response, value))
}

function readRefusal({ status, headers }: Response, body: unknown): ApiFailure {
  const problem = readProblem(body)
  if (problem === undefined) return { kind: 'unreadable', status }
  const scope = MISSING_SCOPE.exec(headers.get('www-authenticate') ?? '')?.[1]
  return scope === undefined
    ? { kind: 'problem', status, problem }
    : { kind: 'scope_missing', scope }
}

async function send<T>(
  url: string,
  shape: Shape<T>,
  options: Ask,
): Promise<Result<Answer<T>, ApiFailure>> {
  const answer = await sendQuietly(url, shape, options)
  if (answer.ok) return answer
  if (answer.error.kind === 'session_ended') onSessionEnd()
  if (answer.error.kind === 'scope_missing') onScopeMissing(answer.error.scope)
  return answer
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
