import { describe, expect, it } from 'vitest'
import { describeServer } from '../../../src/core/tokens/metadata.ts'
import { GATEWAY, OWN_CLAIMS } from '../../support/own-tokens.ts'

const NOTHING = {
  signingAlgorithms: [],
  grantTypes: ['urn:example:one'],
  assertionAlgorithms: ['ES256', 'RS256'],
  acceptsIdJag: false,
  bindsCertificates: false,
  hasStatusLists: false,
}
const document = describeServer(GATEWAY, {
  ...NOTHING,
  signingAlgorithms: ['ES256', 'RS256'],
  grantTypes: ['urn:example:one', 'urn:example:two'],
})

describe('the metadata of the gateway', () => {
  it('MD-03 MD-06 MD-07 has the exact issuer and endpoints below it', () => {
    expect(document).toMatchObject({
      issuer: GATEWAY,
      token_endpoint: `${GATEWAY}/token`,
      jwks_uri: `${GATEWAY}/jwks.json`,
      introspection_endpoint: `${GATEWAY}/introspect`,
      revocation_endpoint: `${GATEWAY}/revoke`,
    })
  })

  it('MD-03 keeps the path of an issuer that has one', () => {
    const { issuer, token_endpoint } = describeServer(`${GATEWAY}/tenant`, NOTHING)
    expect([issuer, token_endpoint]).toEqual([`${GATEWAY}/tenant`, `${GATEWAY}/tenant/token`])
  })

  it('MD-08 MD-09 has the members that cloud providers require', () => {
    expect(document).toMatchObject({
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256', 'RS256'],
    })
  })

  it('MD-20 lists a method of PKCE, without which MCP clients stop', () => {
    expect(document).toMatchObject({ code_challenge_methods_supported: ['S256'] })
  })

  it('MD-10 MD-11 MD-13 has the supported grant types and no client authentication', () => {
    expect(document).toMatchObject({
      grant_types_supported: ['urn:example:one', 'urn:example:two'],
      token_endpoint_auth_methods_supported: ['none'],
    })
  })

  it('MD-11 MD-12 IN-12 says how callers of /introspect and /revoke authenticate', () => {
    const methods = ['none', 'private_key_jwt', 'spiffe_jwt']
    expect(document).toMatchObject({
      introspection_endpoint_auth_methods_supported: methods,
      introspection_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256'],
      revocation_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256'],
      introspection_signing_alg_values_supported: ['ES256', 'RS256'],
    })
    const keyless = describeServer(GATEWAY, { ...NOTHING, signingAlgorithms: [] })
    expect(keyless).not.toHaveProperty('introspection_signing_alg_values_supported')
  })

  it('MD-12 CA-14 names client assertions and their algorithms only if a grant type takes them', () => {
    expect(document).not.toHaveProperty('token_endpoint_auth_signing_alg_values_supported')
    const offered = { ...NOTHING, grantTypes: ['client_credentials'] }
    expect(describeServer(GATEWAY, offered)).toMatchObject({
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt', 'spiffe_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256'],
    })
  })

  it('TE-44 CA-10 names no client authentication by secret or certificate', () => {
    const offered = describeServer(GATEWAY, { ...NOTHING, grantTypes: ['client_credentials'] })
    const methods = JSON.stringify(offered)
    for (const name of ['client_secret_', 'tls_client_auth', 'spiffe_x509', 'spiffe_wit']) {
      expect(methods).not.toContain(name)
    }
    expect(offered.token_endpoint_auth_methods_supported).toContain('none')
  })

  it('MD-17 names the profile of ID-JAGs only if an issuer accepts them', () => {
    const name = 'authorization_grant_profiles_supported'
    expect(document).not.toHaveProperty(name)
    expect(describeServer(GATEWAY, { ...NOTHING, acceptsIdJag: true })).toMatchObject({
      [name]: ['urn:ietf:params:oauth:grant-profile:id-jag'],
    })
  })

  it('SL-23 names the aggregation endpoint only if a resource uses a status list', () => {
    const name = 'status_list_aggregation_endpoint'
    expect(document).not.toHaveProperty(name)
    expect(describeServer(GATEWAY, { ...NOTHING, hasStatusLists: true })).toMatchObject({
      [name]: `${GATEWAY}/status-lists`,
    })
  })

  it('MD-08 has every member that OpenID Connect Discovery §3 and RFC 8414 §2 require', () => {
    const required = [
      ...['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri'],
      ...['response_types_supported', 'subject_types_supported'],
      'id_token_signing_alg_values_supported',
    ]
    for (const name of required) expect(document).toHaveProperty(name)
    expect(document.authorization_endpoint).toBe(`${GATEWAY}/authorize`)
  })

  it('MD-05 leaves out a member without elements', () => {
    const empty = Object.entries(describeServer(GATEWAY, NOTHING)).filter(
      ([, value]) => Array.isArray(value) && value.length === 0,
    )
    expect(empty).toEqual([])
    expect(describeServer(GATEWAY, NOTHING)).not.toHaveProperty(
      'id_token_signing_alg_values_supported',
    )
  })

  it('lists the claims that every issued token has', () => {
    expect(document.claims_supported).toEqual(expect.arrayContaining(Object.keys(OWN_CLAIMS)))
    expect(document.claims_supported).toHaveLength(Object.keys(OWN_CLAIMS).length)
  })
})
