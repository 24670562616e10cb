import { describe, expect, it } from 'vitest'
import {
  describeProtectedResource,
  findDescribedResource,
} from '../../../src/core/endpoint/resource-metadata.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../support/core-world.ts'

const PREFIX = '/.well-known/oauth-protected-resource'
const URIS = ['https://api.acme.dev', 'https://api.acme.dev/v1', 'https://api.acme.dev/a%2Fb']

function findAt(host: string, path: string): string | undefined {
  const entry = { scopes: ['read'], protected_resource_metadata: true }
  const resources = Object.fromEntries(URIS.map((uri) => [uri, entry]))
  const compiled = compileTrust({ version: 1, resources }, CEILINGS)
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  const asked = { origin: `https://${host}`, path: `${PREFIX}${path}` }
  return findDescribedResource(compiled.trust, asked, PREFIX)?.uri
}

describe('the resource that a request for metadata means', () => {
  it.each([
    ['api.acme.dev', '', 'https://api.acme.dev'],
    ['api.acme.dev', '/v1', 'https://api.acme.dev/v1'],
    ['API.acme.dev:443', '/v1', 'https://api.acme.dev/v1'],
    ['api.acme.dev', '/a%2Fb', 'https://api.acme.dev/a%2Fb'],
  ])('PR-15 %s and the path %s mean %s', (host, path, uri) => {
    expect(findAt(host, path)).toBe(uri)
  })

  it.each([
    ['api.acme.dev', '/'],
    ['api.acme.dev', '/v1/'],
    ['api.acme.dev', '/x/../v1'],
    ['api.acme.dev', '/%761'],
    ['api.acme.dev', '/a/b'],
    ['api.acme.dev', '/a%2fb'],
    ['other.acme.dev', '/v1'],
  ])('EXC-16 %s and the path %s mean no resource', (host, path) => {
    expect(findAt(host, path)).toBeUndefined()
  })
})

describe('the metadata of a resource', () => {
  it('PR-17 has no member without a value', () => {
    const resources = { [URIS[1] ?? '']: { scopes: ['read'], protected_resource_metadata: {} } }
    const compiled = compileTrust({ version: 1, resources }, CEILINGS)
    if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
    const [resource] = compiled.trust.resources.values()
    expect(resource && describeProtectedResource(resource, CEILINGS.gatewayIssuer)).toEqual({
      resource: 'https://api.acme.dev/v1',
      authorization_servers: [CEILINGS.gatewayIssuer],
      scopes_supported: ['read'],
      bearer_methods_supported: ['header'],
    })
  })
})
