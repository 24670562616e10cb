/** Makes the signed form of a status list (SL-03 to SL-07). */
import { STATUS_LIST_TYP, statusListUri } from '../../protocol/status/status-list.ts'
import { encodeBase64Url } from '../../web/base64.ts'
import { deflate } from '../../web/compression/deflate.ts'
import type { RingKey } from './keyring.ts'
import { createJwtSigner } from './signed-jwt.ts'

type StatusList = {
  readonly gatewayIssuer: string
  /** The name of the list. */
  readonly list: string
  /** One bit for each index. */
  readonly bits: Uint8Array<ArrayBuffer>
  /** Epoch seconds. */
  readonly issuedAt: number
  readonly ttlSeconds: number
  readonly lifetimeSeconds: number
}

export async function signStatusList(
  { gatewayIssuer, list, bits, issuedAt, ttlSeconds, lifetimeSeconds }: StatusList,
  { keyId, algorithm, sign }: RingKey,
): Promise<string> {
  const signJwt = createJwtSigner({ typ: STATUS_LIST_TYP, alg: algorithm, kid: keyId }, sign)
  return signJwt({
    iss: gatewayIssuer,
    sub: statusListUri(gatewayIssuer, list),
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    ttl: ttlSeconds,
    status_list: { bits: 1, lst: encodeBase64Url(await deflate(bits)) },
  })
}
