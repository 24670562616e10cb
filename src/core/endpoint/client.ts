/**
 * What a request says about its client. There are no clients with credentials here. A name without
 * a secret is a hint for the decision log and gives no right. A secret is refused, because a caller
 * that sends one believes that it is checked: 401 in the header, 400 in the form (TE-16, TE-17).
 */
import { decodeBase64 } from '../../web/base64.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import type { Parameter } from '../grants/grant-type.ts'
import { MAX_CLIENT_ID_CHARACTERS } from '../limits.ts'
import { type Form, single } from './form.ts'

export type Client = {
  /** As the caller named itself; undefined when it did not. Never a proof of anything. */
  readonly clientId: string | undefined
}

const CREDENTIALS = ['client_secret', 'client_assertion', 'client_assertion_type'] as const

/**
 * Reads `client_id` and the header. HTTP Basic with an empty password is what clients send that are
 * configured without a secret (RFC 6749 §2.3.1); anything else in the header is refused. A credential
 * that the grant takes as a parameter of its own is left to the grant.
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

/** Whether the header names a client at most and holds no secret: it authenticates nobody. */
export function isEmptySecret(authorization: string): boolean {
  return readEmptySecret(authorization) !== undefined
}

/** RFC 6749 Appendix A.1: visible ASCII and spaces. */
const CLIENT_ID = new RegExp(`^[\\x20-\\x7e]{1,${MAX_CLIENT_ID_CHARACTERS}}$`)
/** RFC 7617 §2 in the form of RFC 9110 §11.4; whitespace around the value is not part of it. */
const BASIC = /^[ \t]*basic +([A-Za-z0-9+/]+={0,2})[ \t]*$/i
/** The secret begins at the first colon; a colon of the id comes as an escape. */
const ID_WITHOUT_SECRET = /^([\x20-\x39\x3b-\x7e]*):$/
/** Each character of an id may come as an escape of three; base64 has four characters for three. */
const MAX_BASIC_CHARACTERS = 4 * (MAX_CLIENT_ID_CHARACTERS + 1)

type BasicId = {
  /** As RFC 6749 §2.3.1 encodes it. */
  readonly id: string
  /** Before that decoding, which many clients do not expect. */
  readonly raw: string
}

function isSameClient(given: string, { id, raw }: BasicId): boolean {
  return id === '' || given === id || given === raw
}

/** Undefined for a secret, another scheme, or what is no Basic credentials at all. */
function readEmptySecret(authorization: string): BasicId | undefined {
  const encoded = BASIC.exec(authorization)?.[1]
  const isBase64 = encoded !== undefined && encoded.length % 4 === 0
  if (!isBase64 || encoded.length > MAX_BASIC_CHARACTERS) return undefined
  try {
    // A character for each byte: an id beyond ASCII comes as escapes.
    const text = String.fromCharCode(...(decodeBase64(encoded) ?? []))
    const raw = ID_WITHOUT_SECRET.exec(text)?.[1]
    return raw === undefined ? undefined : { id: decodeURIComponent(raw.replaceAll('+', ' ')), raw }
  } catch {
    return undefined
  }
}
