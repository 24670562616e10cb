/**
 * Fetches one status list and checks it: the signature by a key of the gateway, the claims, and the
 * compressed bytes within a limit (SL-17, SL-24). It keeps nothing.
 */
import {
  isStatusBits,
  STATUS_LIST_CONTENT_TYPE,
  STATUS_LIST_TYP,
  type StatusBits,
} from '../../protocol/status/status-list.ts'
import { decodeBase64Url, isBase64Url } from '../../web/base64.ts'
import { decodeUtf8 } from '../../web/bytes.ts'
import { inflateBounded } from '../../web/compression/deflate.ts'
import { isJsonObject, type JsonObject, readMember } from '../../web/json.ts'
import { fetchBytes } from '../keys/fetch-json.ts'
import type { RemoteKeys, RequestContext } from '../keys/remote-keys.ts'
import {
  GATEWAY_TIMEOUT_MILLISECONDS,
  MAX_STATUS_LIST_BYTES,
  MAX_STATUS_LIST_LIFETIME_SECONDS,
  MAX_STATUS_LIST_RESPONSE_BYTES,
  MAX_STATUS_LIST_TTL_SECONDS,
} from '../limits.ts'
import type { VerifierSettings } from '../options.ts'
import { readHeader, verifySignature } from '../token.ts'
import { type GatewayFault, VerificationError } from '../verification-error.ts'

/** Times are epoch seconds. */
export type StatusList = {
  readonly bits: StatusBits
  readonly bytes: Uint8Array
  readonly issuedAt: number
  readonly fetchedAt: number
  readonly freshUntil: number
}

type Settings = Pick<VerifierSettings, 'fetch' | 'now' | 'clockSkewSeconds'>

/** Throws `revocation_unavailable`, or `keys_unavailable` without the keys that verify it. */
export async function fetchStatusList(
  uri: string,
  keys: RemoteKeys,
  { fetch, now, clockSkewSeconds }: Settings,
  context: RequestContext,
): Promise<StatusList> {
  // Before the request, so that a slow answer does not make the list younger.
  const fetchedAt = now()
  const answer = await fetchBytes(
    { url: uri, headers: { accept: STATUS_LIST_CONTENT_TYPE } },
    fetch,
    AbortSignal.timeout(GATEWAY_TIMEOUT_MILLISECONDS),
    MAX_STATUS_LIST_RESPONSE_BYTES,
  )
  if (!answer.ok) throw unavailable(answer.fault)
  const claims = await openList(decodeUtf8(answer.value) ?? '', keys, context)
  const times = readTimes(claims, fetchedAt, clockSkewSeconds)
  const content = await readContent(claims)
  // Otherwise the list of other tokens could be passed off as this one.
  if (readMember(claims, 'sub') !== uri || times === undefined || content === undefined) {
    throw unavailable('status_list_invalid')
  }
  return { ...content, ...times, fetchedAt }
}

/** Returns the claims after the signature was verified. */
async function openList(
  token: string,
  keys: RemoteKeys,
  context: RequestContext,
): Promise<JsonObject> {
  try {
    const header = readHeader(token, MAX_STATUS_LIST_RESPONSE_BYTES, isListTyp)
    return await verifySignature(token, header, await keys.findKey(header, context))
  } catch (error) {
    // The caller's token is good. What is wrong is the list.
    const isOfKeys = error instanceof VerificationError && error.code === 'keys_unavailable'
    throw isOfKeys ? error : unavailable('status_list_invalid')
  }
}

/** `application/` may be omitted from a media type (RFC 7515 §4.1.9). */
function isListTyp(typ: unknown): boolean {
  const name = typeof typ === 'string' ? typ.toLowerCase() : ''
  return name === STATUS_LIST_TYP || name === STATUS_LIST_CONTENT_TYPE
}

function readTimes(claims: JsonObject, at: number, skewSeconds: number) {
  const { iat: issuedAt, exp, ttl = MAX_STATUS_LIST_TTL_SECONDS } = claims
  const isDated = typeof issuedAt === 'number' && typeof exp === 'number'
  if (!isDated || typeof ttl !== 'number' || ttl <= 0) return undefined
  if (issuedAt > at + skewSeconds || exp <= at) return undefined
  if (exp - issuedAt > MAX_STATUS_LIST_LIFETIME_SECONDS) return undefined
  const freshUntil = Math.min(at + Math.min(ttl, MAX_STATUS_LIST_TTL_SECONDS), exp)
  return { issuedAt, freshUntil }
}

async function readContent(
  claims: JsonObject,
): Promise<Pick<StatusList, 'bits' | 'bytes'> | undefined> {
  const list = readMember(claims, 'status_list')
  const { bits, lst } = isJsonObject(list) ? list : {}
  if (!isStatusBits(bits) || typeof lst !== 'string' || !isBase64Url(lst)) return undefined
  const bytes = await inflateBounded(decodeBase64Url(lst), MAX_STATUS_LIST_BYTES)
  return bytes === undefined ? undefined : { bits, bytes }
}

function unavailable(fault: GatewayFault): VerificationError {
  return new VerificationError('revocation_unavailable', fault)
}
