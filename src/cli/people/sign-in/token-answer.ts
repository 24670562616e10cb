/** What a login takes from the token endpoint of the provider. The access token is not used. */
import type { TokenEndpointResponse } from 'oauth4webapi'
import { refusal } from '../../shell/failure.ts'

export type IdTokens = { readonly idToken: string; readonly refreshToken: string | undefined }

export function readIdTokens(body: TokenEndpointResponse): IdTokens {
  const { id_token: idToken, refresh_token: refreshToken } = body
  if (idToken === undefined) throw refusal('the provider issued no ID token')
  return { idToken, refreshToken }
}
