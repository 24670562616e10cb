import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import type { Ceilings } from '../../../../src/core/policy/compile/compiled.ts'
import {
  findResource,
  isGatewayResource,
} from '../../../../src/core/policy/compile/resource-uri.ts'

const GATEWAY = 'https://sts.example.com'
const API = 'https://API.example.com/v1'

function compile(resources: readonly string[], granted?: string, gatewayIssuer = GATEWAY) {
  const ceilings: Ceilings = {
    gatewayIssuer,
    maxTokenLifetimeSeconds: 3600,
    maxRuleExpirySeconds: undefined,
    localIssuers: false,
  }
  const rule = {
    name: 'deploy',
    owner: 'me@example.com',
    expires: '2099-01-01',
    from: 'github',
    when: { repository_id: '1', repository_owner_id: '2' },
    grant: { resource: granted, scopes: ['read'] },
  }
  return compileTrust(
    {
      version: 1,
      issuers: { github: { provider: 'github-actions' } },
      resources: Object.fromEntries(resources.map((uri) => [uri, { scopes: ['read'] }])),
      rules: granted === undefined ? [] : [rule],
    },
    ceilings,
  )
}

function problemsOf(result: ReturnType<typeof compile>) {
  return 'problems' in result ? result.problems.map(({ code, path }) => [code, path.at(-1)]) : []
}

describe('a resource of the trust document', () => {
  it('is found under every equivalent spelling, and keeps its own spelling', () => {
    const result = compile([API])
    if ('problems' in result) throw new Error(JSON.stringify(result.problems))
    const { resources } = result.trust
    for (const uri of [API, 'https://api.example.com:443/v1', 'HTTPS://api.example.com/x/../v1']) {
      expect(findResource(resources, uri)?.uri).toBe(API)
    }
    expect(findResource(resources, 'https://api.example.com/v1/')).toBeUndefined()
    expect(findResource(resources, 'https://api.example.com/V1')).toBeUndefined()
  })

  it('may be named by a rule in an equivalent spelling; the grant has the spelling of the resource', () => {
    const result = compile([API], 'https://api.example.com/v1')
    if ('problems' in result) throw new Error(JSON.stringify(result.problems))
    expect(result.trust.rules[0]?.grant?.resource).toBe(API)
  })

  it.each(['https://api.example.com/v1', 'https://api.example.com:443/%76%31'])(
    'EXC-05 cannot be declared twice: %s',
    (uri) => {
      const result = compile([API, uri])
      expect(problemsOf(result)).toEqual([['resource_repeated', uri]])
      expect(JSON.stringify(result)).toContain(`is another spelling of ${API}`)
    },
  )
})

describe('the gateway as a resource', () => {
  const spellings = [
    GATEWAY,
    `${GATEWAY}/`,
    `${GATEWAY}:443`,
    'HTTPS://STS.Example.com/',
    `${GATEWAY}/x/..`,
    `${GATEWAY}/%2e`,
    'https://%73ts.example.com',
    `${GATEWAY}.`,
    `${GATEWAY}./`,
    `${GATEWAY}.:443/`,
    'https://STS.example.com%2E/',
  ]
  it.each(spellings)('ADM-03 is refused in the spelling %s', (uri) => {
    expect(isGatewayResource(uri, GATEWAY)).toBe(true)
    expect(problemsOf(compile([uri]))).toEqual([['resource_reserved', uri]])
  })

  it('ADM-03 is refused if its URL has a path, with and without a trailing slash', () => {
    for (const uri of [
      `${GATEWAY}/base`,
      `${GATEWAY}/base/`,
      `${GATEWAY}/./base`,
      `${GATEWAY}./base`,
    ]) {
      expect(problemsOf(compile([uri], undefined, `${GATEWAY}/base`))).toEqual([
        ['resource_reserved', uri],
      ])
    }
  })

  it.each([
    `${GATEWAY}/v1`,
    'http://sts.example.com',
    `${GATEWAY}:8443`,
    `${GATEWAY}//`,
    `${GATEWAY}./v1`,
    `${GATEWAY}/.x`,
  ])('is a different resource from %s', (uri) =>
    expect(isGatewayResource(uri, GATEWAY)).toBe(false),
  )
})
