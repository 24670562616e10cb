/** Reads the JSON body of a request to the admin API, or says why it cannot be used. */
import type { DocumentProblem } from '../../contract/admin.ts'
import { PROBLEMS } from '../../contract/problems/problems.ts'
import { findShapeFault } from '../../contract/shape.ts'
import { findRepeatedMember } from '../../web/json.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import type { AdminContext } from '../context.ts'
import { isEncoded, readBody } from './body.ts'
import { respondProblem } from './respond.ts'

/**
 * Returns the value, which has at most 32 levels and no member `__proto__`; or the refusal. No object
 * of the text has two members with one name.
 */
export async function readJsonBody(
  c: AdminContext,
  maxBytes: number,
): Promise<Result<unknown, Response>> {
  const refusal = refuseMediaType(c)
  if (refusal !== undefined) return fail(refusal)
  const { text, isTooLarge } = await readBody(c.req.raw, maxBytes)
  if (isTooLarge) return fail(refuseSize(maxBytes))
  const value = parseJson(text)
  const fault =
    value === undefined
      ? { code: 'body_malformed', path: [], message: 'is no JSON in UTF-8: send one JSON object' }
      : (findShapeFault(value) ?? findRepetition(text ?? ''))
  if (fault === undefined) return ok(value)
  const detail = `nothing was done: the body ${fault.message}`
  return fail(respondProblem({ ...PROBLEMS.bodyInvalid, detail, problems: [fault] }))
}

/** `JSON.parse` keeps the last of the members. Whoever checked the body may have read the other one. */
function findRepetition(text: string): DocumentProblem | undefined {
  const path = findRepeatedMember(text)
  const message = `has the member "${path?.at(-1)}" twice`
  return path && { code: 'key_repeated', path, message }
}

/** Returns undefined if the body is JSON by its content type, and not compressed. */
export function refuseMediaType(c: AdminContext): Response | undefined {
  const type = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (isEncoded(c.req.raw)) return refuse('Encoding', 'must be absent')
  return type === 'application/json' ? undefined : refuse('Type', 'must be application/json')
}

function refuse(part: 'Type' | 'Encoding', message: string): Response {
  const field = `Content-${part}`
  return respondProblem(
    {
      ...PROBLEMS.mediaTypeUnsupported,
      detail: `nothing was done: the header ${field} ${message}`,
      problems: [{ code: `content_${part.toLowerCase()}_unsupported`, path: [field], message }],
    },
    { accept: 'application/json' },
  )
}

export function refuseSize(maxBytes: number): Response {
  const message = `must be at most ${maxBytes} bytes`
  return respondProblem({
    ...PROBLEMS.bodyTooLarge,
    detail: `nothing was done: the body ${message}`,
    problems: [{ code: 'body_too_large', path: [], message }],
  })
}

/** No JSON text means undefined. */
function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
