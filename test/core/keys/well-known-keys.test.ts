import { calculateJwkThumbprint } from 'jose'
import { describe, expect, it } from 'vitest'
import { findKeySetAlerts, readKeySet } from '../../../src/core/keys/issuer-keys.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { importKeyRing } from '../../../src/core/tokens/keyring.ts'
import { CEILINGS } from '../../support/core-world.ts'

/** The keys that the standards and jwt.io print, without line breaks. */
const PRINTED = {
  'RFC 7515 A.2': {
    kty: 'RSA',
    n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
    e: 'AQAB',
  },
  'RFC 7515 A.3': {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  },
  'RFC 7515 A.4': {
    kty: 'EC',
    crv: 'P-521',
    x: 'AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk',
    y: 'ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2',
  },
  'RFC 7517 A.1': {
    kty: 'RSA',
    n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
    e: 'AQAB',
  },
  'RFC 7517 A.1 EC': {
    kty: 'EC',
    crv: 'P-256',
    x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
    y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  },
  'RFC 7518 C': {
    kty: 'EC',
    crv: 'P-256',
    x: 'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
    y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
  },
  'RFC 7520 3.1': {
    kty: 'EC',
    crv: 'P-521',
    x: 'AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt',
    y: 'AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1',
  },
  'RFC 7520 3.3': {
    kty: 'RSA',
    n: 'n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw',
    e: 'AQAB',
  },
  'jwt.io RS256': {
    kty: 'RSA',
    n: 'u1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0_IzW7yWR7QkrmBL7jTKEn5u-qKhbwKfBstIs-bMY2Zkp18gnTxKLxoS2tFczGkPLPgizskuemMghRniWaoLcyehkd3qqGElvW_VDL5AaWTg0nLVkjRo9z-40RQzuVaE8AkAFmxZzow3x-VJYKdjykkJ0iT9wCS0DRTXu269V264Vf_3jvredZiKRkgwlL9xNAwxXFg0x_XFw005UWVRIkdgcKWTjpBP2dPwVZ4WWC-9aGVd-Gyn1o0CLelf4rEjGoXbAAEgAqeGUxrcIlbjXfbcmw',
    e: 'AQAB',
  },
  'jwt.io ES256': {
    kty: 'EC',
    crv: 'P-256',
    x: 'EVs_o5-uQbTjL3chynL4wXgUg2R9q9UU8I5mEovUf84',
    y: 'kGe5DgSIycKp8w9aJmoHhB1sB3QTugfnRWm5nU_TzsY',
  },
  'jwt.io ES384': {
    kty: 'EC',
    crv: 'P-384',
    x: 'C1uWSXj2czCDwMTLWV5BFmwxdM6PX9p-Pk9Yf9rIf374m5XP1U8q79dBhLSIuaoj',
    y: 'svOT39UUcPJROSD1FqYLued0rXiooIii1D3jaW6pmGVJFhodzC31cy5sfOYotrzF',
  },
  'jwt.io ES512': {
    kty: 'EC',
    crv: 'P-521',
    x: 'AYHOB2c_v3wWwu5ZhMMNADtzSvcFWTw2dFRJ7GlBSxGKU82_dJyE7SVHD1G7zrHWSGdUPH526rgGIMVy-VIBzKMs',
    y: 'AIm-O-jJMsmID5NAV2at5quMyJk0TbmlPbJY_U1Sd0nE9y9W18FbjyQ86a-RjhaWo_lsDAJfBuwqsKCTrFuynXZ7',
  },
} as const

/** The starts of further keys, whose printed values are cut off here. */
const STARTS = {
  'RFC 7516 A.1': 'oahUIoWw0K0usKNuOR6H4wkf4oBUXHTxRvgb48E-BVvxkeDNjbC4he8rUW',
  'RFC 7516 A.2': 'sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1Wl',
  'RFC 7517 B': 'vrjOfz9Ccdgx5nQudyhdoR17V-IubWMeOZCwX_jj0hgAsz2J_pqYW08',
  'RFC 7517 C.1': 't6Q8PWSi1dkJj9hTP8hNYFlvadM7DflW9mWepOJhJ66w7nyoK1gPNqFMSQRy',
  'jwt.io EdDSA': 'wmK6SSAu2E9V7uynkCKEaj5nZJyTvNG4x0KohsRzLpg',
  'jwt.io RS256 of 1024 bits': '3ZWrUY0Y6IKN1qI4BhxR2C7oHVFgGPYkd38uGq1jQNSqEvJFcN93CYm16',
  'RFC 7520 5.1': 'maxhbsmBtdQ3CNrKvprUE6n9lYcregDMLYNeTAWcLj8NnPU9XIYegT',
  'RFC 7520 5.2': 'wbdxI55VaanZXPY29Lg5hdmv2XhvqAhoxUkanfzf2-5zVUxa6prHRr',
} as const

function read(...keys: readonly unknown[]) {
  const reading = readKeySet({ keys })
  return reading.ok ? reading.value.keys : undefined
}

function alertsOf(...keys: readonly unknown[]) {
  const reading = readKeySet({ keys })
  return reading.ok ? findKeySetAlerts(reading.value.unusable) : undefined
}

describe('a key that a standard or a debugger prints', () => {
  it.each(Object.entries(PRINTED))('KEY-09 %s is refused under any kid', (_, jwk) => {
    for (const change of [{}, { kid: 'mine', use: 'sig' }]) {
      expect(read({ ...jwk, ...change })).toEqual([])
    }
    expect(alertsOf(jwk)).toEqual(['well_known_key_published'])
  })

  it.each(Object.entries(STARTS))('KEY-09 %s is refused', (_, start) => {
    const n = start.padEnd(342, 'A')
    expect(read({ kty: 'RSA', n, e: 'AQAB' })).toEqual([])
  })

  it('KEY-09 has the thumbprint that RFC 7638 §3.1 prints', async () => {
    expect(await calculateJwkThumbprint(PRINTED['RFC 7517 A.1'])).toBe(
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    )
  })

  it('KEY-09 is not confused with a similar key', () => {
    const { n } = PRINTED['RFC 7515 A.2']
    const jwk = { ...PRINTED['RFC 7515 A.2'], n: `x${n.slice(1)}` }
    expect(read(jwk)).toHaveLength(1)
    expect(alertsOf(jwk)).toEqual([])
  })

  /** The private halves that are printed next to the public ones. */
  const printed = [
    ['RFC 7515 A.3', 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI'],
    ['jwt.io ES256', 'evZzL1gdAFr88hb2OF_2NxApJCzGCEDdfSp6VQO30hw'],
  ] as const

  it.each(printed)('KEY-09 %s is refused as a signing key', async (name, d) => {
    const jwk = JSON.stringify({ ...PRINTED[name], alg: 'ES256', d })
    const { ring, problems } = await importKeyRing([{ name: 'SIGNING_KEY_X', jwk }])
    expect(ring.keys).toEqual([])
    expect(problems).toEqual([
      { name: 'SIGNING_KEY_X', message: 'is a published example whose private half is public' },
    ])
  })

  it.each(printed)('KEY-09 %s is refused in a trust document', (name) => {
    const keys = { jwks: { keys: [PRINTED[name]] } }
    const issuers = { ci: { provider: 'generic-oidc', issuer: 'https://ci.example.com', keys } }
    const result = compileTrust({ version: 1, issuers, resources: {}, rules: [] }, CEILINGS)
    expect('problems' in result && result.problems.map(({ code }) => code)).toEqual([
      'keys_unusable',
    ])
  })
})

/** Standard base64 with padding, and a leading zero octet. */
const RESPELLED = {
  ...PRINTED['RFC 7515 A.2'],
  n: Buffer.concat([
    Buffer.from([0]),
    Buffer.from(PRINTED['RFC 7515 A.2'].n, 'base64url'),
  ]).toString('base64'),
}
const OTHERS = [
  { kty: 'RSA', use: 'enc', alg: 'RSA-OAEP', n: 'x' },
  { kty: 'EC', crv: 'secp256k1', x: 'x', y: 'x' },
  { kty: 'OKP', crv: 'Ed448', x: 'x' },
  { kty: 'AKP', alg: 'ML-DSA-65', pub: 'x' },
]

describe('an alert for a key set', () => {
  it.each([
    ['KEY-08 a private exponent', [{ kty: 'EC', d: 'x' }], ['private_key_published']],
    ['KEY-01 a shared secret', [{ kty: 'oct', k: 'x' }], ['private_key_published']],
    ['a malformed key', [{ kty: 'RSA', n: '!' }], ['keys_unusable']],
    ['KEY-09 an example in another spelling', [RESPELLED], ['well_known_key_published']],
    ['keys of unsupported types and uses', OTHERS, []],
  ])('says what is wrong with the keys, if anything is: %s', (_, keys, alerts) =>
    expect(alertsOf(...keys)).toEqual(alerts),
  )
})
