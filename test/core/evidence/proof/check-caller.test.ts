import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type CallerPorts,
  type CallerToken,
  checkCaller,
} from '../../../../src/core/evidence/proof/check-caller.ts'
import { hashAccessToken } from '../../../../src/protocol/dpop/check-proof.ts'
import { createSignatureVerifier } from '../../../../src/web/signature.ts'
import { createProofHolder, type ProofHolder } from '../../../support/dpop.ts'
import { createMemoryReplay } from '../../../support/memory-replay.ts'

const URL_OF_API = 'https://sts.example.com/admin/v1/trust'
const NOW = 1_800_000_000
const TOKEN = 'a.b.c'
const SHA256 = '0f'.repeat(32)

let holder: ProofHolder
let other: ProofHolder
let ports: CallerPorts
beforeAll(async () => {
  holder = await createProofHolder()
  other = await createProofHolder()
  ports = {
    url: URL_OF_API,
    now: NOW,
    verifySignature: createSignatureVerifier(),
    checkNonce: (nonce) => ({ isAccepted: nonce === undefined || nonce === 'n', next: 'n' }),
    claimReplay: createMemoryReplay(),
    sha256: async (text) => createHash('sha256').update(text).digest('hex'),
  }
})

const proofOf = (claims: object = {}, by = holder) =>
  by.prove({
    jti: crypto.randomUUID(),
    htm: 'PUT',
    htu: URL_OF_API,
    iat: NOW,
    ath: hashAccessToken(TOKEN),
    ...claims,
  })

type Sent = {
  readonly scheme?: CallerToken['scheme']
  readonly dpop?: string
  readonly certificateSha256?: string
}

function check(claims: object, { scheme = 'Bearer', dpop, certificateSha256 }: Sent) {
  const context = { method: 'PUT', dpop, certificateSha256 }
  return checkCaller(claims, { scheme, token: TOKEN }, context, ports)
}

describe('a token that is bound to a key', () => {
  const bound = () => ({ cnf: { jkt: holder.jkt } })

  it('DP-19 DP-20 is accepted with a proof for this token and request', async () => {
    const outcome = await check(bound(), { scheme: 'DPoP', dpop: await proofOf() })
    expect(outcome).toEqual({ nonce: 'n' })
  })

  it('DP-21 is refused as a bearer token, with and without a proof', async () => {
    for (const sent of [{}, { dpop: await proofOf() }]) {
      expect(await check(bound(), sent)).toEqual({ fault: 'invalid_token' })
    }
  })

  it.each([
    ['no proof', undefined],
    ['DP-06 a proof for another method', () => proofOf({ htm: 'GET' })],
    ['DP-07 a proof for another URL', () => proofOf({ htu: 'https://sts.example.com/token' })],
    ['DP-08 an old proof', () => proofOf({ iat: NOW - 61 })],
    ['DP-19 a proof for another token', () => proofOf({ ath: hashAccessToken('other') })],
    ['DP-19 a proof without a token', () => proofOf({ ath: undefined })],
    ['DP-20 a proof of another key', () => proofOf({}, other)],
    ['a text', async () => 'a.b.c'],
  ])('is refused with %s', async (_, make) => {
    const dpop = await make?.()
    const sent = { scheme: 'DPoP', ...(dpop === undefined ? {} : { dpop }) } as const
    expect(await check(bound(), sent)).toEqual({ fault: 'invalid_dpop_proof' })
  })

  it('DP-09 is refused with a proof that was used', async () => {
    const sent = { scheme: 'DPoP', dpop: await proofOf() } as const
    expect((await check(bound(), sent)).fault).toBeUndefined()
    expect(await check(bound(), sent)).toEqual({ fault: 'invalid_dpop_proof', nonce: 'n' })
  })

  it('DP-23 is refused with a nonce of another endpoint, and gets the one to use', async () => {
    const sent = { scheme: 'DPoP', dpop: await proofOf({ nonce: 'of-token' }) } as const
    expect(await check(bound(), sent)).toEqual({ fault: 'use_dpop_nonce', nonce: 'n' })
    const again = { scheme: 'DPoP', dpop: await proofOf({ nonce: 'n' }) } as const
    expect((await check(bound(), again)).fault).toBeUndefined()
  })
})

describe('a token that is bound to a certificate', () => {
  const cnf = { 'x5t#S256': Buffer.from(SHA256, 'hex').toString('base64url') }

  it('MT-02 is accepted with this certificate alone', async () => {
    expect(await check({ cnf }, { certificateSha256: SHA256 })).toEqual({})
    const refused = { fault: 'invalid_token' }
    expect(await check({ cnf }, {})).toEqual(refused)
    expect(await check({ cnf }, { certificateSha256: 'f0'.repeat(32) })).toEqual(refused)
    const asDpop = { scheme: 'DPoP', certificateSha256: SHA256, dpop: await proofOf() } as const
    expect(await check({ cnf }, asDpop)).toEqual(refused)
  })
})

describe('another token', () => {
  it('is accepted as a bearer token if it is not bound, and not with a proof', async () => {
    expect(await check({}, {})).toEqual({})
    expect(await check({}, { dpop: 'a.b.c' })).toEqual({})
    const sent = { scheme: 'DPoP', dpop: await proofOf() } as const
    expect(await check({}, sent)).toEqual({ fault: 'invalid_token' })
  })

  it.each([null, {}, 'x', { jkt: 'x' }, { jwk: {} }])(
    'is refused if its binding is %j',
    async (cnf) => {
      expect(await check({ cnf }, {})).toEqual({ fault: 'invalid_token' })
      expect((await check({ cnf }, { scheme: 'DPoP', dpop: await proofOf() })).fault).toBe(
        'invalid_token',
      )
    },
  )
})
