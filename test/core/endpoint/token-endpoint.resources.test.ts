import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RenderedResponse } from '../../../src/core/endpoint/render.ts'
import { compilePolicy } from '../../../src/core/policy/compile/compile.ts'
import { CEILINGS, type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { AUDIENCE, vectorTrust } from '../../support/vectors.ts'

const API = 'https://api.example.com'
let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld((issuer) => {
    const trust = vectorTrust(issuer) as {
      resources: Record<string, object>
    }
    return {
      ...trust,
      resources: { ...trust.resources, [API]: { ...trust.resources[API], typ: 'JWT' } },
    }
  })
})

function tokenOf({ body }: RenderedResponse): string {
  expect(body).toHaveProperty('access_token')
  return 'access_token' in body ? body.access_token : ''
}

describe('a resource in another spelling', () => {
  it.each([`${API}/`, `${API}:443`, 'HTTPS://API.example.com', `${API}/x/..`, `${API}/%2E`])(
    'EXC-05 is found in the document, and the token has that spelling: %s',
    async (resource) => {
      const response = await world.exchange(await world.mint(), { resource })
      expect(decodeJwt(tokenOf(response)).aud).toBe(API)
      expect(world.recorded.at(-1)).toMatchObject({ outcome: 'granted', resource: API })
    },
  )

  it('may be an audience as well', async () => {
    const response = await world.exchange(await world.mint(), { resource: '', audience: `${API}/` })
    expect(decodeJwt(tokenOf(response)).aud).toBe(API)
  })
})

describe('a resource with its own token type', () => {
  it('IT-01 gets tokens of that type', async () => {
    const token = tokenOf(await world.exchange(await world.mint()))
    expect(decodeProtectedHeader(token).typ).toBe('JWT')
  })

  it('TE-39 gets an answer with the requested type', async () => {
    const type = 'urn:ietf:params:oauth:token-type:jwt'
    const response = await world.exchange(await world.mint(), { requested_token_type: type })
    expect(response.body).toMatchObject({ issued_token_type: type, token_type: 'Bearer' })
  })
})

describe('the gateway as the resource', () => {
  const spellings = [AUDIENCE, `${AUDIENCE}/`, `${AUDIENCE}:443`, 'HTTPS://STS.example.com/x/..']

  async function ask(resource: string, hasPolicy: boolean) {
    const view = await world.ports.loadTrust(world.now())
    const [{ url = '' } = {}] = view.document?.issuers.values() ?? []
    const policy = compilePolicy(
      {
        issuers: { github: { provider: 'github-actions', issuer: url } },
        rules: [
          {
            name: 'administrators',
            owner: 'me@example.com',
            expires: '2099-01-01',
            from: 'github',
            when: { repository_owner_id: '1234567', repository_id: '456789012' },
            grant: { scopes: ['trust:write'] },
          },
        ],
      },
      CEILINGS,
    )
    if ('problems' in policy) throw new Error(JSON.stringify(policy.problems))
    const loadTrust = () => (hasPolicy ? { ...view, policy: policy.trust } : view)
    return world.exchange(await world.mint(), { resource }, { loadTrust })
  }

  it.each(spellings)(
    'ADM-03 is decided by the deploy-time policy in every spelling: %s',
    async (resource) => {
      const token = tokenOf(await ask(resource, true))
      expect(decodeJwt(token)).toMatchObject({ aud: AUDIENCE, scope: 'trust:write' })
      expect(decodeProtectedHeader(token).typ).toBe('at+jwt')
    },
  )

  it.each(spellings)('ADM-03 is never decided by the trust document: %s', async (resource) => {
    const { status } = await ask(resource, false)
    expect(status).toBe(400)
    expect(world.recorded.at(-1)?.reason).toBe('issuer_not_trusted')
  })

  it('ADM-03 is not a URI with only the same prefix', async () => {
    await ask(`${AUDIENCE}//`, true)
    expect(world.recorded.at(-1)?.reason).toBe('resource_unknown')
  })
})
