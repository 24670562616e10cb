/**
 * Reads the answer of AWS STS: the four elements of the credentials, or the code of an error. This
 * is not an XML parser. It matches the documented form exactly, and rejects an answer with a
 * document type, an entity or a repeated element.
 */

export type RoleCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  /** The text that AWS sent. Tools read the same format. */
  readonly expiration: string
}

const GRANT = /^(?:<\?xml[^<>]*\?>)?\s*<AssumeRoleWithWebIdentityResponse(?:\s[^<>]*)?>/
const REFUSAL = /^(?:<\?xml[^<>]*\?>)?\s*<ErrorResponse(?:\s[^<>]*)?>/

/** A key, base64 of any kind, or a JWT from another service with this protocol. */
const SECRET = /^[A-Za-z0-9+/=._-]{8,8192}$/

export function readCredentials(xml: string): RoleCredentials | undefined {
  if (!GRANT.test(xml) || hasDeclarations(xml)) return undefined
  const credentials = readElement(xml, 'Credentials', '[^]*?')
  if (credentials === undefined) return undefined
  const accessKeyId = readElement(credentials, 'AccessKeyId')
  const secretAccessKey = readElement(credentials, 'SecretAccessKey')
  const sessionToken = readElement(credentials, 'SessionToken')
  const expiration = readElement(credentials, 'Expiration')
  if (accessKeyId === undefined || !/^\w{16,128}$/.test(accessKeyId)) return undefined
  if (secretAccessKey === undefined || !SECRET.test(secretAccessKey)) return undefined
  if (sessionToken === undefined || !SECRET.test(sessionToken)) return undefined
  if (expiration === undefined || !isMoment(expiration)) return undefined
  return { accessKeyId, secretAccessKey, sessionToken, expiration }
}

/** Returns only the error code. The error message repeats parts of the request. */
export function readErrorCode(xml: string): string | undefined {
  if (!REFUSAL.test(xml) || hasDeclarations(xml)) return undefined
  const code = readElement(xml, 'Code')
  return code !== undefined && /^[A-Za-z][A-Za-z0-9.]{0,63}$/.test(code) ? code : undefined
}

function hasDeclarations(xml: string): boolean {
  return xml.includes('<!')
}

/** Returns the trimmed content of an element, or undefined unless it occurs exactly once. */
function readElement(xml: string, name: string, content = '[^<>&]*'): string | undefined {
  const found = [...xml.matchAll(new RegExp(`<${name}>(${content})</${name}>`, 'g'))]
  const opened = xml.split(`<${name}>`).length - 1
  return found.length === 1 && opened === 1 ? found[0]?.[1]?.trim() : undefined
}

function isMoment(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text) && !Number.isNaN(Date.parse(text))
  )
}
