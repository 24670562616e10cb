/**
 * What AWS STS answers, read as far as it is needed: four elements of a grant, the code of a
 * refusal. Not an XML parser: the documented form is matched exactly, and whatever has more to it
 * (a document type, an entity, an element twice) is no answer.
 */

export type RoleCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  /** As AWS writes it, which is as the tools read it. */
  readonly expiration: string
}

const GRANT = /^(?:<\?xml[^<>]*\?>)?\s*<AssumeRoleWithWebIdentityResponse(?:\s[^<>]*)?>/
const REFUSAL = /^(?:<\?xml[^<>]*\?>)?\s*<ErrorResponse(?:\s[^<>]*)?>/

/** Keys, base64 of some kind, or a JWT where another service speaks this protocol. */
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

/** The code alone: the message beside it repeats what was sent. */
export function readErrorCode(xml: string): string | undefined {
  if (!REFUSAL.test(xml) || hasDeclarations(xml)) return undefined
  const code = readElement(xml, 'Code')
  return code !== undefined && /^[A-Za-z][A-Za-z0-9.]{0,63}$/.test(code) ? code : undefined
}

function hasDeclarations(xml: string): boolean {
  return xml.includes('<!')
}

/** The content of an element that is there exactly once, without the space around it. */
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
