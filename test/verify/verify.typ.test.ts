/** Which token types a verifier accepts: only at+jwt, unless its options say otherwise. */
import { describe, expect, test } from 'vitest'
import { createVerifier, type VerifierOptions } from '../../src/verify/index.ts'
import { startGateway } from './support/gateway.ts'
import { refusalOf } from './support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW } from './support/tokens.ts'

const gateway = await startGateway()
const signer = await createSigner()
const { issuer } = gateway
const REFUSED = '401 invalid_token: token_kind_not_accepted'

async function outcomeOf(option: VerifierOptions['typ'], typ: string) {
  gateway.publishKeys([signer.publicJwk])
  const verifier = createVerifier({ issuer, audience: AUDIENCE, now: () => NOW, typ: option })
  return refusalOf(verifier.verify(await mint(signer, issuer, { header: { typ } })))
}

describe('the option typ', () => {
  test.each(['JWT', 'jwt', 'application/jwt'])('with JWT accepts %s', async (typ) => {
    expect(await outcomeOf('JWT', typ)).toBe('accepted')
  })

  test.each(['at+jwt', 'id+jwt', 'logout+jwt', 'JWT '])(
    'AV-34 with JWT refuses %s',
    async (typ) => {
      expect(await outcomeOf('JWT', typ)).toBe(REFUSED)
    },
  )

  test('AV-34 at+jwt, the default, refuses JWT', async () => {
    expect(await outcomeOf(undefined, 'JWT')).toBe(REFUSED)
    expect(await outcomeOf('at+jwt', 'JWT')).toBe(REFUSED)
  })

  test('TX-08 every option refuses a transaction token', async () => {
    for (const option of [undefined, 'at+jwt', 'JWT', ['at+jwt', 'JWT']] as const) {
      expect(await outcomeOf(option, 'txntoken+jwt')).toBe(REFUSED)
    }
  })

  test('a list that is changed later changes nothing', async () => {
    gateway.publishKeys([signer.publicJwk])
    const typ: ('at+jwt' | 'JWT')[] = ['at+jwt']
    const verifier = createVerifier({ issuer, audience: AUDIENCE, now: () => NOW, typ })
    typ.push('JWT')
    const token = await mint(signer, issuer, { header: { typ: 'JWT' } })
    expect(await refusalOf(verifier.verify(token))).toBe(REFUSED)
  })

  test('a list accepts each of its types and no other', async () => {
    const both = ['at+jwt', 'JWT'] as const
    expect(await outcomeOf(both, 'JWT')).toBe('accepted')
    expect(await outcomeOf(both, 'at+jwt')).toBe('accepted')
    expect(await outcomeOf(both, 'dpop+jwt')).toBe(REFUSED)
  })

  test.each([['jwt'], ['*'], [''], [[]], [['at+jwt', 'x']], [null], [1]])(
    'is refused when the verifier is created: %j',
    (typ) => {
      const options = { issuer, audience: AUDIENCE, typ } as unknown as VerifierOptions
      expect(() => createVerifier(options)).toThrow(/typ must be/)
    },
  )
})
