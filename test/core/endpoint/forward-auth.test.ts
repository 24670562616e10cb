import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { describeRefusal, forwardAuth } from '../../../src/core/endpoint/forward/forward-auth.ts'
import type { CompiledTrust, Resource } from '../../../src/core/policy/compile/compiled.ts'
import { Unavailable } from '../../../src/core/ports.ts'
import type { KeyRing } from '../../../src/core/tokens/keyring.ts'
import { createProofMemory } from '../../../src/protocol/dpop/proof-memory.ts'
import { canonicalResource } from '../../../src/protocol/resource-uri.ts'
import type { RevocableToken } from '../../../src/protocol/revocations.ts'
import { createSignatureVerifier } from '../../../src/web/signature.ts'
import { makeResource } from '../../support/issuance.ts'
import {
  API,
  AT,
  firstKey,
  GATEWAY,
  makeRing,
  OWN_CLAIMS,
  signOwn,
} from '../../support/own-tokens.ts'
import { NO_COARSE } from '../../support/revocable-token.ts'

const OTHER = 'https://other.example.com'
const EMPTY: CompiledTrust = {
  issuers: new Map(),
  resources: new Map(),
  targets: new Map(),
  rules: [],
}
const resource = (uri: string): readonly [string, Resource] => [
  canonicalResource(uri),
  { ...makeResource(uri, ['deploy:read', 'deploy:write', 'admin']), maxLifetimeSeconds: 600 },
]
const RESOURCES = new Map([resource(API), resource(OTHER)])
const DOCUMENT: CompiledTrust = { ...EMPTY, resources: RESOURCES, targets: RESOURCES }

let ring: KeyRing
let token: string
const revoked = new Set<string>()
/** The ports that were called, in order. */
const loads: string[] = []

beforeAll(async () => {
  ring = await makeRing('ES256')
  token = await signOwn(ring)
})
beforeEach(() => {
  revoked.clear()
  loads.length = 0
})

type Ask = {
  readonly query?: string
  readonly at?: number
  readonly ring?: KeyRing
  readonly document?: CompiledTrust
  readonly down?: 'trust' | 'revocations'
}

const question = (uri = API, scope?: string) =>
  new URLSearchParams({ resource: uri, ...(scope === undefined ? {} : { scope }) }).toString()

function ask(authorization: string | undefined, options: Ask = {}) {
  const { query = question(), at = AT, document = DOCUMENT, down } = options
  const load = <T>(part: 'trust' | 'revocations', value: T): T => {
    loads.push(part)
    if (down === part) throw new Unavailable(part)
    return value
  }
  return forwardAuth(
    {
      path: '/verify',
      query,
      header: (name) => (name === 'authorization' ? authorization : undefined),
    },
    { gatewayIssuer: GATEWAY, maxTokenLifetimeSeconds: 3600 },
    {
      clock: () => at,
      keyRing: options.ring ?? ring,
      loadTrust: () =>
        load('trust', { revision: 1, document, problems: [], policy: EMPTY, keys: new Map() }),
      verifySignature: createSignatureVerifier(),
      claimProof: createProofMemory(100),
      loadRevocations: async () =>
        load('revocations', {
          isRevoked: ({ jti }: RevocableToken) => revoked.has(jti),
          ...NO_COARSE,
        }),
    },
  )
}

async function reasonOf(authorization: string | undefined, options: Ask = {}) {
  const outcome = await ask(authorization, options)
  return outcome.allowed ? 'allowed' : outcome.reason
}

describe('forward auth', () => {
  it('PR-03 PR-05 allows a valid token for the resource', async () => {
    expect(await ask(`Bearer ${token}`)).toEqual({
      allowed: true,
      at: AT,
      claims: OWN_CLAIMS,
      resource: API,
      scheme: 'Bearer',
    })
    expect(await reasonOf(`bearer ${token}`)).toBe('allowed')
  })

  it('PR-10 requires every scope, in any order, and names them if one is missing', async () => {
    const all = question(API, 'deploy:write deploy:read')
    expect(await reasonOf(`Bearer ${token}`, { query: all })).toBe('allowed')
    const outcome = await ask(`Bearer ${token}`, { query: question(API, 'deploy:read admin') })
    expect(outcome).toMatchObject({
      reason: 'scope_insufficient',
      requiredScopes: ['deploy:read', 'admin'],
    })
  })

  it.each([undefined, '', 'Basic bWU6c2VjcmV0', 'DPoPX abc', 'BearerX abc', 'Basic a, Bearer b'])(
    'EXC-17 PR-09 treats the header %s as no token',
    async (authorization) => {
      expect(await reasonOf(authorization)).toBe('token_missing')
      expect(loads).toEqual([])
    },
  )

  it('PR-08 does not accept two tokens', async () => {
    for (const value of [`Bearer ${token}, Bearer ${token}`, 'Bearer', `Bearer\t${token}`]) {
      expect(await reasonOf(value)).toBe('token_not_accepted')
    }
  })

  it('PR-01 PR-02 PR-04 PR-06 refuses everything except valid tokens of this gateway', async () => {
    const foreign = await makeRing('ES256')
    const bad = [
      await signOwn(ring, { exp: AT }),
      await signOwn(ring, { nbf: AT + 60 }),
      await signOwn(ring, { iss: OTHER }),
      await signOwn(ring, {}, { typ: 'dpop+jwt' }),
      await signOwn(foreign),
      await signOwn(foreign, {}, { kid: firstKey(ring).keyId }),
      `${token.slice(0, -8)}AAAAAAAA`,
      token.split('.').slice(0, 2).join('.'),
      'a.b.c',
    ]
    for (const value of bad) expect(await reasonOf(`Bearer ${value}`)).toBe('token_not_accepted')
    // Without a valid token nothing is loaded.
    expect(loads).toEqual([])
  })

  it('EXC-05 finds the resource if the proxy spells it differently', async () => {
    for (const uri of [`${API}/`, `${API}:443`, API.replace('api', 'API')]) {
      expect(await reasonOf(`Bearer ${token}`, { query: question(uri) })).toBe('allowed')
    }
  })

  it('accepts the token type that a resource can request', async () => {
    const jwt = await signOwn(ring, {}, { typ: 'JWT' })
    expect(await reasonOf(`Bearer ${jwt}`)).toBe('allowed')
  })

  it('PR-13 refuses a token that is bound to a key', async () => {
    const bound = await signOwn(ring, { cnf: { jkt: 'x' } })
    expect(await reasonOf(`Bearer ${bound}`)).toBe('token_bound')
  })

  it('PR-03 EXC-05 refuses a token for another resource with a similar URI', async () => {
    for (const aud of [OTHER, GATEWAY, `${API}/`, API.toUpperCase(), [API], [API, OTHER]]) {
      const other = await signOwn(ring, { aud })
      expect(await reasonOf(`Bearer ${other}`)).toBe('audience_mismatch')
    }
  })

  it('refuses a revoked token for every resource and scope', async () => {
    revoked.add(OWN_CLAIMS.jti)
    expect(await reasonOf(`Bearer ${token}`)).toBe('token_revoked')
    expect(await reasonOf(`Bearer ${token}`, { query: question('https://x.test') })).toBe(
      'token_revoked',
    )
  })
})

describe('a signing key', () => {
  const dated = (retiresAt: number, activatesAt = 0): KeyRing => ({
    keys: ring.keys.map((key) => ({ ...key, retiresAt, activatesAt })),
  })

  it('JK-07 that is retired verifies tokens as long as it is published', async () => {
    const long = await signOwn(ring, { exp: AT + 99_999 })
    const retired = AT - 3600 - 29
    expect(await reasonOf(`Bearer ${long}`, { ring: dated(retired) })).toBe('allowed')
    expect(await reasonOf(`Bearer ${long}`, { ring: dated(retired - 1) })).toBe(
      'token_not_accepted',
    )
  })
})

describe('a malformed question', () => {
  it('is refused before the token is read', async () => {
    expect(await reasonOf(`Bearer ${token}`, { query: '' })).toBe('question_malformed')
    expect(await reasonOf(undefined, { query: 'scope=a' })).toBe('question_malformed')
    expect(loads).toEqual([])
  })

  it('is refused if it names an unknown resource or scope', async () => {
    const unknown = { query: question('https://gone.example.com') }
    expect(await reasonOf(`Bearer ${token}`, unknown)).toBe('resource_unknown')
    expect(await reasonOf(`Bearer ${token}`, { document: EMPTY })).toBe('resource_unknown')
    const misspelt = { query: question(API, 'deploy:raed') }
    expect(await reasonOf(`Bearer ${token}`, misspelt)).toBe('scope_unknown')
  })

  it('EXC-10 gets the usual answer if the caller has no token', async () => {
    const query = question('https://gone.example.com')
    expect(await reasonOf(undefined, { query })).toBe('token_missing')
    expect(await reasonOf('Bearer a.b.c', { query })).toBe('token_not_accepted')
  })

  it('ADM-03 is refused if it names the gateway itself', async () => {
    const admin = await signOwn(ring, { aud: GATEWAY, scope: 'trust:write' })
    expect(await reasonOf(`Bearer ${admin}`, { query: question(GATEWAY) })).toBe('resource_unknown')
  })
})

describe('an outage', () => {
  it.each(['trust', 'revocations'] as const)(
    'REV-02 WRK-03 of %s never allows the request',
    async (down) => {
      await expect(ask(`Bearer ${token}`, { down })).rejects.toThrow(Unavailable)
    },
  )
})

describe('the record of a refusal', () => {
  async function recordOf(authorization: string | undefined, options: Ask = {}) {
    const outcome = await ask(authorization, options)
    if (outcome.allowed) throw new Error('it was allowed')
    return describeRefusal(outcome)
  }

  it('LOG-03 contains no text from a caller without a valid token', async () => {
    const query = question('https://canary.example.com', 'canary')
    expect(await recordOf('Bearer canary.b.c', { query })).toEqual({
      event: 'forward_auth_refused',
      at: AT,
      reason: 'token_not_accepted',
    })
    const record = await recordOf(`Bearer ${token}`, { query })
    expect(JSON.stringify(record)).not.toContain('canary')
  })

  it('LOG-01 contains the id of the token, its rule and a resource of the document', async () => {
    const query = question(OTHER)
    expect(await recordOf(`Bearer ${token}`, { query })).toEqual({
      event: 'forward_auth_refused',
      at: AT,
      reason: 'audience_mismatch',
      resource: OTHER,
      tokenId: OWN_CLAIMS.jti,
      rule: OWN_CLAIMS.client_id,
    })
  })
})
