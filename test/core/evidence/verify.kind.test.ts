import { beforeAll, describe, expect, it } from 'vitest'
import { genericOidc } from '../../../src/core/providers/generic-oidc.ts'
import { createSigner, type JudgeOptions, judge, type Signer } from './support/tokens.ts'

let signer: Signer

beforeAll(async () => {
  signer = await createSigner('ES256')
})

const judged = async (typ: unknown, profile = genericOidc, options: JudgeOptions = {}) =>
  judge(await signer.sign({}, { typ }), signer.publicKey, { profile, ...options })

const PRESENTATIONS = ['jwt', 'access_token', 'assertion', 'client_assertion', 'jwt_svid'] as const

describe('the kind of a token', () => {
  it.each([[undefined], ['JWT'], ['jwt'], ['application/jwt'], ['APPLICATION/JWT']])(
    'AV-35 AV-39 is accepted if typ is %j',
    async (typ) => expect(await judged(typ)).toBe('accepted'),
  )

  it.each([
    'at+jwt',
    'application/at+jwt',
    'AT+JWT',
    'dpop+jwt',
    'logout+jwt',
    'secevent+jwt',
    'statuslist+jwt',
    'txntoken+jwt',
    'token-introspection+jwt',
    'client-authentication+jwt',
    'authorization-grant+jwt',
    'JOSE',
    'jwt ',
    '',
  ])('TOK-16 AV-34 is not accepted if typ is %j', async (typ) => {
    expect(await judged(typ)).toBe('token_kind_not_accepted')
  })

  it('AV-39 is the one of the provider profile', async () => {
    const profile = { ...genericOidc, types: ['at+jwt'] }
    expect(await judged('at+jwt', profile)).toBe('accepted')
    expect(await judged('JWT', profile)).toBe('token_kind_not_accepted')
    expect(await judged(undefined, profile)).toBe('token_kind_not_accepted')
  })
})

describe('a kind of token for one use', () => {
  it.each([
    ['at+jwt', 'access_token', ['access_token']],
    ['client-authentication+jwt', 'client_assertion', []],
    ['oauth-id-jag+jwt', 'assertion', ['id_jag']],
  ] as const)('AV-34 CA-06 %s is accepted only as %s', async (typ, only, accepts) => {
    for (const presentation of PRESENTATIONS) {
      const outcome = await judged(typ, genericOidc, { presentation, accepts })
      // The token is no ID-JAG otherwise: it lacks the audience of one.
      const expected = typ === 'oauth-id-jag+jwt' ? 'audience_mismatch' : 'accepted'
      expect([presentation, outcome]).toEqual([
        presentation,
        presentation === only ? expected : 'token_kind_not_accepted',
      ])
    }
  })

  it('CH-10 an ID-JAG is refused as an assertion if the issuer entry does not accept it', async () => {
    const options = { presentation: 'assertion', accepts: ['access_token'] } as const
    expect(await judged('oauth-id-jag+jwt', genericOidc, options)).toBe('token_kind_not_accepted')
  })

  it('AV-39 every presentation accepts the kinds of the provider', async () => {
    for (const presentation of PRESENTATIONS) {
      for (const typ of ['JWT', undefined]) {
        expect(await judged(typ, genericOidc, { presentation })).toBe('accepted')
      }
    }
  })
})
