/**
 * Reads how a request identifies its client. Clients have no credentials at this gateway. A client
 * id without a secret is only a hint for the decision log and grants nothing. A secret is refused,
 * because its sender expects it to be checked: 401 in the header, 400 in the form (TE-16, TE-17).
 */
import { decodeBase64 } from '../../web/base64.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import type { Parameter } from '../grants/grant-type.ts'
import { MAX_CLIENT_ID_CHARACTERS } from '../limits.ts'
import { type Form, single } from './form.ts'

export type Client = {
  /** The id that the caller gave, or undefined. It is not verified and proves nothing. */
  readonly clientId: string | undefined
}

const CREDENTIALS = ['client_secret', 'client_assertion', 'client_assertion_type'] as const

/**
 * Reads `client_id` and the Authorization header. A client that is configured without a secret
 * sends HTTP Basic with an empty password (RFC 6749 §2.3.1). Any other Authorization header is
 * refused. The grant itself reads a credential that it lists in `ownParameters`.
 */
export function readClient(
  form: Form,
  authorization: string | undefined,
  ownParameters: readonly Parameter[] = [],
): Result<Client, Denial> {
  const basic = authorization === undefined ? undefined : readEmptySecret(authorization)
  if (authorization !== undefined && basic === undefined) {
    return deny({ reason: 'client_authentication_refused' })
  }
  for (const name of CREDENTIALS) {
    if (ownParameters.some((own) => own.name === name)) continue
    const credential = single(form, name)
    if (!credential.ok) return credential
    if (credential.value !== undefined) {
      return deny({ reason: 'client_authentication_unsupported', at: name })
    }
  }
  const named = single(form, 'client_id')
  if (!named.ok) return named
  const given = named.value
  if (given !== undefined && basic !== undefined && !isSameClient(given, basic)) {
    return deny({ reason: 'client_ambiguous' })
  }
  const clientId = given ?? (basic?.id === '' ? undefined : basic?.id)
  if (clientId !== undefined && !CLIENT_ID.test(clientId)) {
    const facts = { length: clientId.length, limit: MAX_CLIENT_ID_CHARACTERS }
    return deny({ reason: 'parameter_invalid', at: 'client_id', facts })
  }
  return ok({ clientId })
}

/**
 * Whether the header is HTTP Basic with an empty password. Such a header authenticates no client.
 */
export function isEmptySecret(authorization: string): boolean {
  return readEmptySecret(authorization) !== undefined
}

/** RFC 6749 Appendix A.1: visible ASCII and spaces. */
const CLIENT_ID = new RegExp(`^[\\x20-\\x7e]{1,${MAX_CLIENT_ID_CHARACTERS}}$`)
/** RFC 7617 §2 in the form of RFC 9110 §11.4. Whitespace around the value is not part of it. */
const BASIC = /^[ \t]*basic +([A-Za-z0-9+/]+={0,2})[ \t]*$/i
/**
 * The secret begins after the first colon. A colon in the id is percent-encoded. Several clients do
 * not encode the id, so the colon of a URL belongs to it.
 */
const ID_WITHOUT_SECRET = /^((?:(?:https|spiffe):\/\/)?[\x20-\x39\x3b-\x7e]*):$/
/** An escape has three characters, and base64 encodes three characters as four. */
const MAX_BASIC_CHARACTERS = 4 * (MAX_CLIENT_ID_CHARACTERS + 1)

type BasicId = {
  /** The id, form-decoded as RFC 6749 §2.3.1 requires. */
  readonly id: string
  /** The id before that decoding. Many clients do not encode their id. */
  readonly raw: string
}

function isSameClient(given: string, { id, raw }: BasicId): boolean {
  return id === '' || given === id || given === raw
}

/** Undefined if there is a secret, another scheme, or no valid Basic credentials. */
function readEmptySecret(authorization: string): BasicId | undefined {
  const encoded = BASIC.exec(authorization)?.[1]
  const isBase64 = encoded !== undefined && encoded.length % 4 === 0
  if (!isBase64 || encoded.length > MAX_BASIC_CHARACTERS) return undefined
  try {
    // One character for each byte. Non-ASCII characters of an id are percent-encoded.
    const text = String.fromCharCode(...(decodeBase64(encoded) ?? []))
    const raw = ID_WITHOUT_SECRET.exec(text)?.[1]
    return raw === undefined ? undefined : { id: decodeURIComponent(raw.replaceAll('+', ' ')), raw }
  } catch {
    return undefined
  }
}
