import { beforeAll, describe, expect, it } from 'vitest'
import { genericOidc } from '../../../src/core/providers/generic-oidc.ts'
import { createSigner, judge, type Signer } from './support/tokens.ts'

let signer: Signer

beforeAll(async () => {
  signer = await createSigner('ES256')
})

const judged = async (typ: unknown, profile = genericOidc) =>
  judge(await signer.sign({}, { typ }), signer.publicKey, { profile })

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
