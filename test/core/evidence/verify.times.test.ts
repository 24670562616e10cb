import { beforeAll, describe, expect, it } from 'vitest'
import type { Presentation } from '../../../src/core/evidence/identity.ts'
import { genericOidc } from '../../../src/core/providers/generic-oidc.ts'
import {
  AT,
  CLAIMS,
  createSigner,
  ISSUER,
  type Json,
  judge,
  type Signer,
} from './support/tokens.ts'

const DAY = 24 * 3600
let signer: Signer

beforeAll(async () => {
  signer = await createSigner('ES256')
})

const judged = async (claims: Json, at = AT) =>
  judge(await signer.sign(claims), signer.publicKey, { at })

/** The valid claims with one member as this text, for numbers that JSON.stringify never writes. */
const withText = (name: 'exp' | 'iat' | 'nbf', text: string) =>
  JSON.stringify({ ...CLAIMS, [name]: '?' }).replace('"?"', text)

describe('the expiry of a token', () => {
  it('CLM-05 AV-29 is exp and 30 seconds, to the second', async () => {
    const { exp } = CLAIMS
    expect(await judged({}, exp + 29)).toBe('accepted')
    expect(await judged({}, exp + 30)).toBe('token_expired')
    expect(await judged({}, exp + 31)).toBe('token_expired')
  })

  it('CLM-02 a fraction of a second counts against the holder', async () => {
    expect(await judged({ exp: AT - 29 })).toBe('accepted')
    expect(await judged({ exp: AT - 29.001 })).toBe('token_expired')
  })

  it('CLM-01 is required', async () => {
    expect(await judged({ exp: undefined })).toBe('claim_missing: exp')
  })
})

describe('the beginning of a token', () => {
  it.each(['iat', 'nbf'] as const)('CLM-04 AV-30 %s is at most 30 seconds ahead', async (name) => {
    expect(await judged({ [name]: AT })).toBe('accepted')
    expect(await judged({ [name]: AT + 30 })).toBe('accepted')
    expect(await judged({ [name]: AT + 30.001 })).toBe('token_not_yet_valid')
    expect(await judged({ [name]: AT + 31 })).toBe('token_not_yet_valid')
    expect(await judged({ [name]: AT + 3600, exp: AT + 7200 })).toBe('token_not_yet_valid')
  })

  it('requires iat and not nbf', async () => {
    expect(await judged({ nbf: undefined })).toBe('accepted')
    expect(await judged({ iat: undefined })).toBe('claim_missing: iat')
  })

  it('CLM-03 requires no iat in a client assertion that the client signed itself', async () => {
    const judgeOwn = async (claims: Json, presentation: Presentation = 'client_assertion') =>
      judge(await signer.sign(claims), signer.publicKey, { presentation })
    const own = { sub: ISSUER, iat: undefined, nbf: undefined }
    expect(await judgeOwn(own)).toBe('accepted')
    expect(await judgeOwn({ ...own, exp: AT + DAY + 1 })).toBe('token_lifetime_exceeded')
    expect(await judgeOwn({ ...own, exp: AT - 30 })).toBe('token_expired')
    expect(await judgeOwn({ ...own, sub: 'job:1' })).toBe('claim_missing: iat')
    for (const presentation of ['jwt', 'access_token', 'assertion'] as const) {
      expect(await judgeOwn(own, presentation)).toBe('claim_missing: iat')
    }
  })
})

describe('the lifetime of a token', () => {
  it('CLM-03 AV-32 is at most that of its provider', async () => {
    expect(await judged({ iat: AT, exp: AT + DAY })).toBe('accepted')
    expect(await judged({ iat: AT, exp: AT + DAY + 1 })).toBe('token_lifetime_exceeded')
    expect(await judged({ exp: AT + 10 * 365 * DAY })).toBe('token_lifetime_exceeded')
  })

  it('CLM-03 has the limit of the profile', async () => {
    const profile = { ...genericOidc, maxLifetimeSeconds: 300 }
    const ofSeconds = async (seconds: number) =>
      judge(await signer.sign({ iat: AT, exp: AT + seconds }), signer.publicKey, { profile })
    expect(await ofSeconds(300)).toBe('accepted')
    expect(await ofSeconds(301)).toBe('token_lifetime_exceeded')
  })
})

describe('an invalid time', () => {
  const texts: readonly (readonly [string, string])[] = [
    ['a text', '"1795000300"'],
    ['null', 'null'],
    ['true', 'true'],
    ['a list', '[1795000300]'],
    ['an object', '{}'],
    ['a negative number', '-1'],
    ['1e300', '1e300'],
    ['1e999, which JSON.parse reads as Infinity', '1e999'],
    ['one second beyond 2^40', '1099511627777'],
  ]
  const rows = texts.flatMap(([what, text]) =>
    (['exp', 'iat', 'nbf'] as const).map((name) => [name, what, text] as const),
  )
  it.each(rows)('CLM-02 AV-31 is refused: %s as %s', async (name, _, text) => {
    expect(await judged(withText(name, text))).toBe(`claim_invalid: ${name}`)
  })

  it('AV-31 does not include a fraction', async () => {
    expect(await judged({ exp: CLAIMS.exp + 0.5, iat: CLAIMS.iat + 0.5 })).toBe('accepted')
  })
})
