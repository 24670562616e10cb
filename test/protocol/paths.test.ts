import { describe, expect, it } from 'vitest'
import {
  authorizationServerMetadataUrl,
  openidConfigurationUrl,
  protectedResourceMetadataUrl,
} from '../../src/protocol/paths.ts'

describe('the metadata URL of an issuer', () => {
  it.each([
    ['https://a.example', 'https://a.example/.well-known/openid-configuration'],
    ['https://a.example/', 'https://a.example/.well-known/openid-configuration'],
    ['https://a.example/x/y', 'https://a.example/x/y/.well-known/openid-configuration'],
    ['https://a.example/x/', 'https://a.example/x/.well-known/openid-configuration'],
    ['https://a.example:8443/x', 'https://a.example:8443/x/.well-known/openid-configuration'],
  ])('AV-22 for OpenID Connect is appended to %s, without one trailing slash', (issuer, url) => {
    expect(openidConfigurationUrl(issuer)).toBe(url)
  })

  it.each([
    ['https://a.example', 'https://a.example/.well-known/oauth-authorization-server'],
    ['https://a.example/', 'https://a.example/.well-known/oauth-authorization-server'],
    ['https://a.example/x/y', 'https://a.example/.well-known/oauth-authorization-server/x/y'],
    ['https://a.example/x/', 'https://a.example/.well-known/oauth-authorization-server/x'],
  ])('AV-22 for RFC 8414 is inserted into %s, between host and path', (issuer, url) => {
    expect(authorizationServerMetadataUrl(issuer)).toBe(url)
  })
})

describe('the metadata URL of a resource', () => {
  const path = '/.well-known/oauth-protected-resource'
  it.each([
    ['https://a.example', `https://a.example${path}`],
    ['https://a.example/', `https://a.example${path}`],
    ['https://a.example?tenant=1', `https://a.example${path}?tenant=1`],
    ['https://a.example/?tenant=1', `https://a.example${path}?tenant=1`],
    ['https://a.example/x/', `https://a.example${path}/x/`],
  ])('RFC 9728 is inserted into %s, between host and path', (resource, url) => {
    expect(protectedResourceMetadataUrl(resource)).toBe(url)
  })
})
