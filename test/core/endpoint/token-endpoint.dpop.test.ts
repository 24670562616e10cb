import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { ExchangePorts } from '../../../src/core/ports.ts'
import { Unavailable } from '../../../src/core/ports.ts'
import type { ClaimProof } from '../../../src/core/use-ports.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { createProofHolder, type ProofHolder } from '../../support/dpop.ts'
import { AUDIENCE, exchangeForm } from '../../support/vectors.ts'
import { FORMS } from '../support/grant-forms.ts'

const BOUND = 'https://bound.example.com'
const UNBOUND = 'https://unbound.example.com'
const ON_BRANCH = { ref: 'refs/heads/bound' }

let world: CoreWorld
let holder: ProofHolder
beforeAll(async () => {
  world = await startCoreWorld()
  holder = await createProofHolder()
})

const proofOf = (claims: object = {}) =>
  holder.prove({
    jti: crypto.randomUUID(),
    htm: 'POST',
    htu: `${AUDIENCE}/token`,
    iat: world.now(),
    ...claims,
  })

type Sent = { readonly dpop?: string | undefined; readonly ports?: Partial<ExchangePorts> }

async function send(form: Readonly<Record<string, string>>, { dpop, ports = {} }: Sent) {
  const { status, headers, body } = await world.send(form, { ports, proofContext: { dpop } })
  const claims = 'access_token' in body ? decodeJwt(body.access_token) : undefined
  const event = world.recorded.at(-1)
  return { status, headers, body, claims, reason: event?.reason, event }
}

const formOf = async (resource: string) => exchangeForm(await world.mint(ON_BRANCH), resource)

describe.each(Object.entries(FORMS))('DP-12 with %s', (_, form) => {
  it('IT-16 DP-11 DP-14 a token is bound to the key of the proof', async () => {
    const sent = await send(form(await world.mint()), { dpop: await proofOf() })
    expect(sent.status).toBe(200)
    expect(sent.body).toMatchObject({ token_type: 'DPoP' })
    expect(sent.claims).toMatchObject({ cnf: { jkt: holder.jkt } })
    expect(sent.event?.binding).toEqual({ kind: 'dpop', thumbprint: holder.jkt })
  })

  it('DP-11 a token without a proof is not bound, and says so', async () => {
    const sent = await send(form(await world.mint()), {})
    expect(sent.body).toMatchObject({ token_type: 'Bearer' })
    expect(sent.claims).not.toHaveProperty('cnf')
    expect(sent.event).not.toHaveProperty('binding')
  })

  it('DP-10 an invalid proof is refused, and uses up neither the token nor the proof', async () => {
    const token = form(await world.mint())
    const bad = await send(token, { dpop: await proofOf({ htm: 'GET' }) })
    expect([bad.status, bad.body]).toMatchObject([400, { error: 'invalid_dpop_proof' }])
    const dpop = await proofOf()
    const denied = await send({ ...token, scope: 'deploy:admin' }, { dpop })
    expect(denied.reason).toBe('scope_not_granted')
    expect((await send(token, { dpop })).status).toBe(200)
  })
})

describe('the demand of a resource', () => {
  it('DPOP-04 required: no token without a proof', async () => {
    const sent = await send(await formOf(BOUND), {})
    expect([sent.status, sent.reason]).toEqual([400, 'dpop_proof_missing'])
    expect((await send(await formOf(BOUND), { dpop: await proofOf() })).status).toBe(200)
  })

  it('DPOP-04 an empty header is a proof, and not a missing one', async () => {
    for (const resource of [BOUND, UNBOUND]) {
      const sent = await send(await formOf(resource), { dpop: '' })
      expect(sent.reason).toBe('dpop_proof_invalid')
    }
  })

  it('none: a proof is refused with a sentence, and the token is not used up', async () => {
    const form = await formOf(UNBOUND)
    const sent = await send(form, { dpop: await proofOf() })
    expect(sent.body).toMatchObject({
      error: 'invalid_dpop_proof',
      error_description: expect.stringContaining('without a DPoP proof'),
    })
    expect((await send(form, {})).claims).not.toHaveProperty('cnf')
  })
})

describe('the place of the proof among the steps', () => {
  it('is after the subject token: a stranger learns nothing about its proof', async () => {
    const form = exchangeForm(`${(await world.mint()).slice(0, -6)}AAAAAA`)
    const sent = await send(form, { dpop: 'a.b.c' })
    expect(sent.reason).toBe('signature_invalid')
  })

  it('DPOP-05 a subject token is no proof, and a proof is no subject token', async () => {
    const form = exchangeForm(await world.mint())
    expect((await send(form, { dpop: form.subject_token })).reason).toBe('dpop_proof_invalid')
    const asToken = exchangeForm(await proofOf())
    expect((await send(asToken, {})).reason).toBe('token_malformed')
  })

  it('DPOP-03 the URL is that of the issuer, whatever the request was sent to', async () => {
    for (const htu of ['https://evil.example/token', `${AUDIENCE}/introspect`, AUDIENCE]) {
      const sent = await send(exchangeForm(await world.mint()), { dpop: await proofOf({ htu }) })
      expect([sent.reason, sent.event?.fault]).toEqual(['dpop_proof_invalid', 'htu'])
    }
  })
})

describe('DP-09 DPOP-02 a proof', () => {
  it('is used once, whatever it is sent with', async () => {
    const dpop = await proofOf()
    expect((await send(exchangeForm(await world.mint()), { dpop })).status).toBe(200)
    const again = await send(exchangeForm(await world.mint()), { dpop })
    expect([again.status, again.reason]).toEqual([400, 'dpop_proof_replayed'])
    // The subject token was not used up.
    const form = exchangeForm(await world.mint())
    expect((await send(form, { dpop })).reason).toBe('dpop_proof_replayed')
    expect((await send(form, { dpop: await proofOf() })).status).toBe(200)
  })

  it('of another key may have the same id', async () => {
    const other = await createProofHolder()
    const claims = { jti: 'same', htm: 'POST', htu: `${AUDIENCE}/token`, iat: world.now() }
    for (const { prove } of [holder, other]) {
      const sent = await send(exchangeForm(await world.mint()), { dpop: await prove(claims) })
      expect(sent.status).toBe(200)
    }
    const spelt = await holder.prove({ ...claims, htu: `${AUDIENCE}/%74oken?x` })
    expect((await send(exchangeForm(await world.mint()), { dpop: spelt })).reason).toBe(
      'dpop_proof_replayed',
    )
  })

  it('is marked in one call with the subject token, for as long as it is accepted', async () => {
    const claimProof = vi.fn<ClaimProof>(async () => ({ outcome: 'marked' }))
    const refuse = () => Promise.reject(new Error('a second call'))
    const ports = { claimProof, claimReplay: refuse, spendBudget: refuse }
    const dpop = await proofOf({ iat: world.now() + 10 })
    expect((await send(exchangeForm(await world.mint()), { dpop, ports })).status).toBe(200)
    const [use] = claimProof.mock.calls[0] ?? []
    expect(claimProof).toHaveBeenCalledOnce()
    expect(use?.proof).toEqual({
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      until: world.now() + 10 + 60 + 60,
    })
    expect(use?.mark?.key).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is not accepted if it cannot be marked', async () => {
    const claimProof = () => Promise.reject(new Unavailable('replay_ledger'))
    const sent = await send(exchangeForm(await world.mint()), {
      dpop: await proofOf(),
      ports: { claimProof },
    })
    expect(sent.status).toBe(503)
  })
})

describe('the nonce of a proof', () => {
  const ports: Partial<ExchangePorts> = {
    checkNonce: async (nonce) => ({ isAccepted: nonce === 'old' || nonce === 'new', next: 'new' }),
  }

  it.each([
    ['DP-15 none', {}, 'missing'],
    ['DP-15 DP-23 one of another endpoint', { nonce: 'of-a-resource' }, 'unknown'],
  ])('DP-18 %s is refused with the one to use', async (_, claims, nonce) => {
    const form = exchangeForm(await world.mint())
    const sent = await send(form, { dpop: await proofOf(claims), ports })
    expect([sent.status, sent.body]).toMatchObject([400, { error: 'use_dpop_nonce' }])
    expect(sent.event?.facts).toEqual({ nonce })
    expect(sent.headers).toMatchObject({
      'DPoP-Nonce': 'new',
      'cache-control': 'no-store',
      'access-control-expose-headers': 'DPoP-Nonce, WWW-Authenticate',
    })
    const again = await send(form, { dpop: await proofOf({ nonce: 'new' }), ports })
    expect(again.status).toBe(200)
  })

  it('DP-16 is renewed with the token', async () => {
    const form = exchangeForm(await world.mint())
    const sent = await send(form, { dpop: await proofOf({ nonce: 'old' }), ports })
    expect([sent.status, sent.headers['DPoP-Nonce']]).toEqual([200, 'new'])
  })

  it('is not offered with an invalid proof, nor without a proof', async () => {
    const form = exchangeForm(await world.mint())
    const invalid = await send(form, { dpop: await proofOf({ htm: 'GET' }), ports })
    const without = await send(form, { ports })
    for (const { headers } of [invalid, without]) expect(headers).not.toHaveProperty('DPoP-Nonce')
  })
})
