/**
 * Decodes a form body (RFC 6749 Appendix B) once and strictly. A malformed escape makes the body
 * invalid, and the readers below treat an empty value as absent. All values of a repeated parameter
 * are kept, so that the caller can refuse it. Otherwise two readers could use different values
 * (EXC-01).
 */
import { FORM_CONTENT_TYPE } from '../../protocol/oauth.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import { MAX_REQUEST_BODY_BYTES } from '../limits.ts'

/**
 * Values by parameter name, in order of appearance. Values may be empty, so use the readers below.
 */
export type Form = ReadonlyMap<string, readonly string[]>

export type FormBody = {
  /** The `Content-Type` header. */
  readonly contentType: string | undefined
  /** The body as text. Undefined if it is larger than the limit or not UTF-8. */
  readonly text: string | undefined
  readonly isTooLarge: boolean
  /** Whether a `Content-Encoding`, such as gzip, has been applied. */
  readonly isEncoded?: boolean
}

export function parseForm(body: FormBody): Result<Form, Denial> {
  if (!isFormType(body.contentType)) return deny({ reason: 'content_type_unsupported' })
  if (body.isEncoded) return deny({ reason: 'content_encoding_unsupported' })
  if (body.isTooLarge) {
    return deny({ reason: 'body_too_large', facts: { limit: MAX_REQUEST_BODY_BYTES } })
  }
  if (body.text === undefined) return deny({ reason: 'body_malformed' })
  const form = new Map<string, string[]>()
  for (const pair of body.text.split('&')) {
    if (pair === '') continue
    const separator = pair.indexOf('=')
    const name = decode(separator === -1 ? pair : pair.slice(0, separator))
    const value = decode(separator === -1 ? '' : pair.slice(separator + 1))
    if (name === undefined || value === undefined) return deny({ reason: 'body_malformed' })
    const values = form.get(name) ?? []
    form.set(name, values)
    // RFC 6749 §3.2: a parameter without a value counts as omitted. If it is sent twice, it still
    // counts as repeated.
    values.push(value)
  }
  return ok(form)
}

function isFormType(contentType: string | undefined): boolean {
  if (contentType === FORM_CONTENT_TYPE) return true
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === FORM_CONTENT_TYPE
}

function decode(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return undefined
  }
}

/**
 * Returns the value of a parameter, undefined if it is absent or empty, or a denial if it is
 * repeated.
 */
export function single(form: Form, name: string): Result<string | undefined, Denial> {
  const values = form.get(name) ?? []
  if (values.length > 1) return deny({ reason: 'parameter_repeated', at: name })
  const [value] = values
  return ok(value === '' ? undefined : value)
}

/** Returns the values of a parameter that may be repeated, without empty ones (RFC 6749 §3.2). */
export function given(form: Form, name: string): readonly string[] {
  return (form.get(name) ?? []).filter((value) => value !== '')
}

/**
 * Returns the value of a parameter, or undefined if it is absent or empty. The caller has checked
 * that it is not repeated.
 */
export function readParameter(form: Form, name: string): string | undefined {
  return form.get(name)?.[0] || undefined
}

/**
 * Returns the value of a required parameter, or a denial. The caller has checked that it is not
 * repeated.
 */
export function requireParameter(form: Form, name: string): Result<string, Denial> {
  const value = readParameter(form, name)
  return value === undefined ? deny({ reason: 'parameter_missing', at: name }) : ok(value)
}
