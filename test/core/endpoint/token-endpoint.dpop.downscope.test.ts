import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { createProofHolder, type ProofHolder } from '../../support/dpop.ts'
import { AUDIENCE, narrowForm } from '../../support/vectors.ts'
import {
  API,
  type OwnWorld,
  ownTrust,
  RULES,
  STORE,
  startOwnWorld,
  TOOL,
} from '../support/own-world.ts'

let world: OwnWorld
let holder: ProofHolder
let other: ProofHolder
beforeAll(async () => {
  world = await startOwnWorld(RULES, (document) => ({
    ...document,
    resources: {
      ...ownTrust('').resources,
      [STORE]: { scopes: ['get'], proof_of_possession: 'none' },
    },
  }))
  holder = await createProofHolder()
  other = await createProofHolder()
})

type Presented = { readonly by?: ProofHolder; readonly certificateSha256?: string }

/** The claims of a narrower token, or the reason of the denial. */
async function narrow(claims: object, { by, certificateSha256 }: Presented, resource = API) {
  const token = await world.sign({ ...claims })
  const proof = { htm: 'POST', htu: `${AUDIENCE}/token`, iat: world.now() }
  const dpop = by && (await by.prove({ ...proof, jti: crypto.randomUUID() }))
  const { body } = await world.send(narrowForm(token, resource), {
    proofContext: { dpop, certificateSha256 },
    settings: { bindsCertificates: true },
  })
  const event = world.recorded.at(-1)
  const at = event?.fault === undefined ? '' : `: ${event.fault}`
  return 'access_token' in body
    ? { ...decodeJwt(body.access_token), token_type: body.token_type }
    : `${event?.reason}${at}`
}

describe('EXC-09 a token that is bound to a key', () => {
  const cnf = () => ({ cnf: { jkt: holder.jkt } })

  it.each([
    ['the same resource', API],
    ['another resource', TOOL],
  ])('keeps its binding for %s', async (_, resource) => {
    const narrowed = await narrow(cnf(), { by: holder }, resource)
    expect(narrowed).toMatchObject({ cnf: { jkt: holder.jkt }, token_type: 'DPoP' })
  })

  it('is refused without a proof, and with one of another key', async () => {
    for (const resource of [API, TOOL]) {
      expect(await narrow(cnf(), {}, resource)).toBe('dpop_proof_missing')
      expect(await narrow(cnf(), { by: other }, resource)).toBe('dpop_proof_invalid: jkt')
    }
  })

  it('DPOP-04 never becomes an unbound token', async () => {
    expect(await narrow(cnf(), { by: holder }, STORE)).toBe('dpop_proof_unsupported')
    expect(await narrow(cnf(), {}, STORE)).toBe('dpop_proof_unsupported')
  })

  it.each([
    { jkt: 'x' },
    {},
    null,
    'x',
    { jkt: 1 },
    { jkt: `${'A'.repeat(43)}=` },
    { jwk: {} },
    { jkt: 'A'.repeat(43), 'x5t#S256': 'A'.repeat(43) },
  ])('is refused if its binding is not one that this gateway writes: %j', async (bad) => {
    expect(await narrow({ cnf: bad }, { by: holder })).toBe('token_bound')
    expect(await narrow({ cnf: bad }, {})).toBe('token_bound')
  })
})

describe('a token that is not bound', () => {
  it('DPOP-02 the proof is marked, although the rule allows reuse of the token', async () => {
    const claims = { jti: 'one-proof', htm: 'POST', htu: `${AUDIENCE}/token`, iat: world.now() }
    const dpop = await holder.prove(claims)
    const send = async () => {
      const form = narrowForm(await world.sign({}), API)
      return (await world.send(form, { proofContext: { dpop } })).status
    }
    expect([await send(), await send()]).toEqual([200, 400])
    expect(world.recorded.at(-1)?.reason).toBe('dpop_proof_replayed')
  })

  it('becomes bound with a proof', async () => {
    expect(await narrow({}, { by: holder })).toMatchObject({ cnf: { jkt: holder.jkt } })
    expect(await narrow({}, {})).not.toHaveProperty('cnf')
  })
})

describe('MT-01 a token that is bound to a certificate', () => {
  const SHA256 = '0f'.repeat(32)
  const cnf = { 'x5t#S256': Buffer.from(SHA256, 'hex').toString('base64url') }

  it('keeps its binding, and stays a bearer token (RFC 8705 §3)', async () => {
    expect(await narrow({ cnf }, { certificateSha256: SHA256 })).toMatchObject({
      cnf,
      token_type: 'Bearer',
    })
  })

  it('MT-02 is refused without the certificate, with another one, and with a proof', async () => {
    expect(await narrow({ cnf }, {})).toBe('token_bound')
    expect(await narrow({ cnf }, { certificateSha256: 'f0'.repeat(32) })).toBe('token_bound')
    expect(await narrow({ cnf }, { certificateSha256: SHA256, by: holder })).toBe(
      'dpop_proof_unsupported',
    )
  })
})
