/** Requests and answers of the endpoints for people: forms, cookies, JSON, pages and redirects. */

export type PeopleRequest = {
  readonly method: string
  /** The last part of the path, such as `/authorize`. */
  readonly endpoint: string
  readonly query: string
  readonly body: string
  readonly contentType: string | undefined
  readonly authorization: string | undefined
  readonly cookie: string | undefined
}

export type PeopleAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const NO_STORE = { 'cache-control': 'no-store' } as const

/** The parameters of a query or a form, or the name of one that is given twice (RFC 6749 §3.1). */
export type Parameters = {
  readonly get: (name: string) => string | undefined
  readonly repeated: string | undefined
}

/** RFC 6749 §3.1: a parameter without a value counts as absent. */
export function readParameters(text: string): Parameters {
  const values = new URLSearchParams(text)
  const repeated = [...values.keys()].find((name) => values.getAll(name).length > 1)
  return { repeated, get: (name) => values.get(name) || undefined }
}

export function readCookie(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(/; */)
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}

export function json(status: number, body: unknown): PeopleAnswer {
  const headers = { 'content-type': 'application/json', ...NO_STORE }
  return { status, headers, body: JSON.stringify(body) }
}

/** An error of RFC 6749 §5.2 or RFC 8628 §3.5. */
export function oauthError(error: string, description: string, status = 400): PeopleAnswer {
  return json(status, { error, error_description: description })
}

/** 303: the browser asks for the target with GET, whatever the method of this request was. */
export function redirect(location: string): PeopleAnswer {
  return { status: 303, headers: { location, ...NO_STORE }, body: '' }
}
