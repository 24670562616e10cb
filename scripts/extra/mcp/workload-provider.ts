/** An OAuth provider of the MCP SDK for a workload: its token is the assertion of `jwt-bearer`. */
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

export type WorkloadProvider = OAuthClientProvider & {
  readonly tokens: () => OAuthTokens | undefined
}

/** `secret` is for servers that demand one. A gateway refuses it. */
export function createWorkloadProvider(
  clientId: string,
  assertion: string | undefined,
  scope?: string,
  secret?: string,
): WorkloadProvider {
  let tokens: OAuthTokens | undefined
  const notUsed = () => {
    throw new Error('a workload has no browser')
  }
  return {
    redirectUrl: undefined,
    clientMetadata: {
      redirect_uris: [],
      grant_types: [JWT_BEARER],
      token_endpoint_auth_method: secret === undefined ? 'none' : 'client_secret_basic',
      ...(scope === undefined ? {} : { scope }),
    },
    clientInformation: () => ({
      client_id: clientId,
      ...(secret === undefined ? {} : { client_secret: secret }),
    }),
    tokens: () => tokens,
    saveTokens(issued) {
      tokens = issued
    },
    redirectToAuthorization: notUsed,
    saveCodeVerifier: notUsed,
    codeVerifier: notUsed,
    prepareTokenRequest(wanted) {
      const parameters = new URLSearchParams({ grant_type: JWT_BEARER })
      if (assertion !== undefined) parameters.set('assertion', assertion)
      const scopes = scope ?? wanted
      if (scopes !== undefined) parameters.set('scope', scopes)
      return parameters
    },
  }
}
