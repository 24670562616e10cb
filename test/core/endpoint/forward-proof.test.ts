/** Forward auth of clients whose token is bound to a key. */

import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { describeRefusal, forwardAuth } from '../../../src/core/endpoint/forward/forward-auth.ts'
import type { CompiledTrust, Resource } from '../../../src/core/policy/compile/compiled.ts'
import type { KeyRing } from '../../../src/core/tokens/keyring.ts'
import { createProofMemory } from '../../../src/protocol/dpop/proof-memory.ts'
import { canonicalResource } from '../../../src/protocol/resource-uri.ts'
import { createSignatureVerifier } from '../../../src/web/signature.ts'
import { createProofHolder, type ProofHolder } from '../../support/dpop.ts'
import { API, AT, GATEWAY, makeRing, OWN_CLAIMS, signOwn } from '../../support/own-tokens.ts'
import { NO_COARSE } from '../../support/revocable-token.ts'

type Demand = Resource['proofOfPossession']

const NAMED = 'urn:acme:deploy-api'
const resourceOf = (uri: string, proofOfPossession: Demand): readonly [string, Resource] => [
  canonicalResource(uri),
  {
    ...{ uri, audience: uri, alsoKnownAs: [], scopes: new Set(['deploy:read', 'admin']) },
    ...{ subject: { kind: 'text', maxBytes: undefined }, maxLifetimeSeconds: 600, typ: 'at+jwt' },
    ...{ algorithm: undefined, audit: 'standard', preset: undefined, trustDomain: undefined },
    ...{ metadata: undefined, hasStatusList: false, proofOfPossession },
  },
]

function documentWith(demand: Demand): CompiledTrust {
  const resources = new Map([resourceOf(API, demand), resourceOf(NAMED, demand)])
  return { issuers: new Map(), resources, targets: resources, rules: [] }
}

let ring: KeyRing
let holder: ProofHolder
let stranger: ProofHolder
let token: string
let plain: string
let count = 0

beforeAll(async () => {
  ring = await makeRing('ES256')
  holder = await createProofHolder()
  stranger = await createProofHolder()
  token = await signOwn(ring, { cnf: { jkt: holder.jkt } })
  plain = await signOwn(ring)
})

type Headers = Readonly<Record<string, string | undefined>>
const FORWARDED = { 'x-forwarded-method': 'PUT', 'x-forwarded-uri': '/deployments?page=2' }
const ORIGINAL = { 'x-original-method': 'PUT', 'x-original-url': '/deployments?page=2' }

type Ask = {
  readonly headers?: Headers
  readonly question?: Headers
  readonly proof?: Readonly<Record<string, unknown>>
  readonly by?: ProofHolder
  readonly token?: string
  readonly scheme?: string
  readonly demand?: Demand
  readonly dpop?: string
  readonly memory?: ReturnType<typeof createProofMemory>
}

async function prove(sent: string, claims: Ask['proof'] = {}, by = holder): Promise<string> {
  count += 1
  const ath = createHash('sha256').update(sent).digest('base64url')
  const usual = { jti: `proof-${count}`, htm: 'PUT', htu: `${API}/deployments`, iat: AT, ath }
  return by.prove({ ...usual, ...claims })
}

async function ask(options: Ask = {}) {
  const { scheme = 'DPoP', headers = FORWARDED, demand = 'optional' } = options
  const sent = options.token ?? token
  const dpop = options.dpop ?? (await prove(sent, options.proof, options.by))
  const all: Headers = { authorization: `${scheme} ${sent}`, dpop, ...headers }
  const query = { resource: API, proof: 'forwarded', ...options.question }
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const document = documentWith(demand)
  return forwardAuth(
    {
      path: '/verify',
      query: new URLSearchParams(given as [string, string][]).toString(),
      header: (name) => all[name],
    },
    { gatewayIssuer: GATEWAY, maxTokenLifetimeSeconds: 3600 },
    {
      clock: () => AT,
      keyRing: ring,
      verifySignature: createSignatureVerifier(),
      claimProof: options.memory ?? createProofMemory(100),
      loadTrust: () => ({ revision: 1, document, problems: [], policy: document, keys: new Map() }),
      loadRevocations: async () => ({ isRevoked: () => false, ...NO_COARSE }),
    },
  )
}

async function judge(options: Ask = {}): Promise<string> {
  const outcome = await ask(options)
  if (outcome.allowed) return 'allowed'
  const { check } = outcome.known
  return check === undefined ? outcome.reason : `${outcome.reason}: ${check}`
}

describe('forward auth of a bound token', () => {
  it('DP-19 DP-20 allows it with a proof for the client’s own request', async () => {
    expect(await ask()).toMatchObject({ allowed: true, scheme: 'DPoP', resource: API })
    expect(await judge({ scheme: 'dpop' })).toBe('allowed')
  })

  it('DP-22 names both schemes to a client without a token, where the proxy describes requests', async () => {
    const headers = { ...FORWARDED, authorization: undefined }
    expect(await ask({ headers })).toMatchObject({
      reason: 'token_missing',
      schemes: ['Bearer', 'DPoP'],
    })
    const undescribed = await ask({ headers, question: { proof: undefined } })
    expect(undescribed).toMatchObject({ reason: 'token_missing', schemes: ['Bearer'] })
  })

  it('DP-22 names its scheme to a client whose token lacks a scope', async () => {
    const outcome = await ask({ question: { scope: 'admin' } })
    expect(outcome).toMatchObject({ reason: 'scope_insufficient', schemes: ['DPoP'] })
  })

  it('DP-21 PR-13 refuses it as a bearer token', async () => {
    const outcome = await ask({ scheme: 'Bearer' })
    expect(outcome).toMatchObject({ reason: 'token_bound', schemes: ['DPoP'] })
  })

  it('PR-13 refuses it where the proxy does not describe the request', async () => {
    const outcome = await ask({ question: { proof: undefined } })
    expect(outcome).toMatchObject({ reason: 'token_bound', schemes: ['DPoP'] })
    const bearer = await ask({ question: { proof: undefined }, scheme: 'Bearer' })
    expect(bearer).toMatchObject({ reason: 'token_bound', schemes: ['Bearer'] })
  })

  it('DPOP-04 refuses a token without a binding under the scheme DPoP', async () => {
    expect(await judge({ token: plain })).toBe('token_not_bound')
    expect(await judge({ token: plain, scheme: 'Bearer' })).toBe('allowed')
  })

  it('DPOP-04 refuses a token without a binding for a resource that requires one', async () => {
    const outcome = await ask({ token: plain, scheme: 'Bearer', demand: 'required' })
    expect(outcome).toMatchObject({ reason: 'token_not_bound', schemes: ['DPoP'] })
    expect(await judge({ demand: 'required' })).toBe('allowed')
  })

  it('MT-02 refuses a token that is bound to a certificate of the connection with the proxy', async () => {
    const bound = await signOwn(ring, { cnf: { 'x5t#S256': 'A'.repeat(43) } })
    expect(await judge({ token: bound, scheme: 'Bearer' })).toBe('token_bound')
    expect(await judge({ token: bound })).toBe('token_bound')
  })

  it.each([{}, { jkt: 7 }, { jkt: 'A'.repeat(43), kid: 'x' }, null])(
    'PR-13 refuses the binding %j',
    async (cnf) => {
      expect(await judge({ token: await signOwn(ring, { cnf }) })).toBe('token_bound')
    },
  )
})

describe('the proof', () => {
  it.each<readonly [string, Ask, string]>([
    ['DP-06 another method', { proof: { htm: 'GET' } }, 'htm'],
    ['DP-07 another path', { proof: { htu: `${API}/admin` } }, 'htu'],
    ['DP-07 another host', { proof: { htu: 'https://evil.example/deployments' } }, 'htu'],
    ['DP-08 an old one', { proof: { iat: AT - 61 } }, 'iat'],
    ['DP-19 no hash of the token', { proof: { ath: undefined } }, 'ath'],
    ['DP-01 text', { dpop: 'a.b.c' }, 'form'],
    ['none', { dpop: '' }, 'missing'],
  ])('is refused: %s', async (_, options, check) => {
    expect(await judge(options)).toBe(`proof_invalid: ${check}`)
  })

  it('DP-20 is refused if it is of another key', async () => {
    expect(await judge({ by: stranger })).toBe('proof_invalid: jkt')
  })

  it('DP-09 DPOP-02 is accepted once', async () => {
    const options = { dpop: await prove(token), memory: createProofMemory(100) }
    expect(await judge(options)).toBe('allowed')
    expect(await judge(options)).toBe('proof_invalid: replayed')
    const full = { memory: createProofMemory(1) }
    expect([await judge(full), await judge(full)]).toEqual(['allowed', 'proof_invalid: iat'])
  })

  it('is not used up by a request that is refused for another reason', async () => {
    const options = { dpop: await prove(token), memory: createProofMemory(100) }
    expect(await judge({ ...options, question: { scope: 'admin' } })).toBe('scope_insufficient')
    expect(await judge(options)).toBe('allowed')
  })

  it('LOG-03 writes the failed check into the log, and no text of the client', async () => {
    const outcome = await ask({ proof: { htu: 'https://canary.example' } })
    if (outcome.allowed) throw new Error('it was allowed')
    expect(describeRefusal(outcome)).toEqual({
      event: 'forward_auth_refused',
      at: AT,
      reason: 'proof_invalid',
      check: 'htu',
      resource: API,
      tokenId: OWN_CLAIMS.jti,
      rule: OWN_CLAIMS.client_id,
    })
  })
})

describe('the client’s request', () => {
  it('is read from the other pair of headers, if the proxy says so', async () => {
    const question = { proof: 'original' }
    expect(await judge({ question, headers: ORIGINAL })).toBe('allowed')
    const uri = { 'x-original-method': 'PUT', 'x-original-uri': '/deployments' }
    expect(await judge({ question, headers: uri })).toBe('allowed')
    const url = { ...ORIGINAL, 'x-original-url': 'https://10.0.0.7/deployments?page=2' }
    expect(await judge({ question, headers: url })).toBe('allowed')
  })

  it('DPOP-03 is never read from headers that the client may have written', async () => {
    expect(await judge({ headers: ORIGINAL })).toBe('request_unknown')
    const both = { ...FORWARDED, 'x-original-method': 'GET', 'x-original-url': '/admin' }
    expect(await judge({ headers: both })).toBe('allowed')
    const host = { ...FORWARDED, host: 'evil.example', 'x-forwarded-host': 'evil.example' }
    expect(await judge({ headers: host })).toBe('allowed')
    expect(await judge({ headers: host, proof: { htu: 'https://evil.example/deployments' } })).toBe(
      'proof_invalid: htu',
    )
  })

  it('DPOP-03 is unknown if two headers name different paths', async () => {
    const question = { proof: 'original' }
    for (const other of ['/admin', '', 'deployments']) {
      const byUri = { ...ORIGINAL, 'x-original-url': other, 'x-original-uri': '/deployments' }
      expect(await judge({ question, headers: byUri })).toBe('request_unknown')
      const byUrl = { ...ORIGINAL, 'x-original-uri': other }
      expect(await judge({ question, headers: byUrl })).toBe('request_unknown')
    }
    const stolen = { ...ORIGINAL, 'x-original-url': '/deployments', 'x-original-uri': '/admin' }
    expect(await judge({ question, headers: stolen })).toBe('request_unknown')
    const same = { ...ORIGINAL, 'x-original-uri': 'https://10.0.0.7/deployments' }
    expect(await judge({ question, headers: same })).toBe('allowed')
  })

  it.each<readonly [string, Headers]>([
    ['no method', { 'x-forwarded-uri': '/deployments' }],
    ['no URL', { 'x-forwarded-method': 'PUT' }],
    ['two methods', { ...FORWARDED, 'x-forwarded-method': 'PUT, GET' }],
    ['two URLs', { ...FORWARDED, 'x-forwarded-uri': '/deployments, /admin' }],
    ['two URLs with a query', { ...FORWARDED, 'x-forwarded-uri': '/deployments?a, /admin' }],
    ['a URL without a slash', { ...FORWARDED, 'x-forwarded-uri': 'deployments' }],
    ['the form of CONNECT', { ...FORWARDED, 'x-forwarded-uri': 'api.example.com:443' }],
    ['an empty URL', { ...FORWARDED, 'x-forwarded-uri': '' }],
  ])('DPOP-03 is unknown with %s', async (_, headers) => {
    expect(await judge({ headers })).toBe('request_unknown')
  })

  it.each([
    '/deployments',
    '/deployments?a=1',
    '/deployments#x',
    '/%64eployments',
    '/a/../deployments',
    '/deployments?a\\b',
    '/deployments?q=caf\u00c3\u00a9\u00a0',
    '/deployments?/../admin#x?y',
    'https://10.0.0.7/deployments?a\\b',
  ])('DP-07 is compared in normal form: %s', async (target) => {
    expect(await judge({ headers: { ...FORWARDED, 'x-forwarded-uri': target } })).toBe('allowed')
  })

  it('may have a long query, which is not part of the proof', async () => {
    const target = `/deployments?${'a'.repeat(4000)}`
    expect(await judge({ headers: { ...FORWARDED, 'x-forwarded-uri': target } })).toBe('allowed')
  })

  it.each([
    '//deployments',
    '/deployments/',
    '/Deployments',
    '\\deployments',
    '/deployments%2f',
    '?/deployments',
  ])('DPOP-03 is another one: %s', async (target) => {
    const answer = await judge({ headers: { ...FORWARDED, 'x-forwarded-uri': target } })
    expect(answer).toMatch(/^(proof_invalid: htu|request_unknown)$/)
  })

  it('has the origin of the question, or else that of the resource', async () => {
    const question = { origin: 'https://public.example' }
    expect(await judge({ question })).toBe('proof_invalid: htu')
    expect(await judge({ question, proof: { htu: 'https://public.example/deployments' } })).toBe(
      'allowed',
    )
    const named = await signOwn(ring, { aud: NAMED, cnf: { jkt: holder.jkt } })
    const options = { token: named, question: { resource: NAMED } }
    expect(await judge(options)).toBe('request_unknown')
    const both = { ...options, question: { resource: NAMED, origin: API } }
    expect(await judge(both)).toBe('allowed')
  })
})
