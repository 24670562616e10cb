import { beforeAll, describe, expect, it } from 'vitest'
import { AUDIENCE, createSigner, ISSUER, judge, type Signer } from './support/tokens.ts'

let signer: Signer

beforeAll(async () => {
  signer = await createSigner('ES256')
})

const judged = async (claims: Readonly<Record<string, unknown>>) =>
  judge(await signer.sign(claims), signer.publicKey)

describe('the audience', () => {
  it('AV-26 must be this gateway, as a string or as a list of one', async () => {
    expect(await judged({ aud: AUDIENCE })).toBe('accepted')
    expect(await judged({ aud: [AUDIENCE] })).toBe('accepted')
  })

  const refused: readonly (readonly [string, unknown])[] = [
    ['CLM-06 absent', undefined],
    ['CLM-06 null', null],
    ['CLM-06 empty', ''],
    ['CLM-06 an empty list', []],
    ['CLM-06 that of another service', 'sts.amazonaws.com'],
    ['CLM-06 a list of another service', ['sts.amazonaws.com']],
    ['CLM-06 a path below ours', `${AUDIENCE}/tenant`],
    ['CLM-06 ours with a slash', `${AUDIENCE}/`],
    ['CLM-06 ours in capitals', AUDIENCE.toUpperCase()],
    ['CLM-06 ours with the default port', `${AUDIENCE}:443`],
    ['CLM-06 ours with a space', ` ${AUDIENCE}`],
    ['CLM-07 AV-28 ours and another', [AUDIENCE, 'https://evil.example.com']],
    ['CLM-07 another and ours', ['https://evil.example.com', AUDIENCE]],
    ['CLM-07 ours twice', [AUDIENCE, AUDIENCE]],
    ['CLM-07 ours in a nested list', [[AUDIENCE]]],
    ['CLM-07 ours and a number', [AUDIENCE, 1]],
    ['CLM-07 an object', { 0: AUDIENCE, length: 1 }],
    ['CLM-07 true', true],
  ]
  it.each(refused)('is refused when it is %s', async (_, aud) => {
    expect(await judged({ aud })).toBe('audience_mismatch')
  })
})

describe('the issuer', () => {
  const lookalikes: readonly (readonly [string, string])[] = [
    ['a trailing slash', `${ISSUER}/`],
    ['capitals', 'https://Issuer.example.com'],
    ['the default port', `${ISSUER}:443`],
    ['userinfo', 'https://issuer.example.com@issuer.example.com'],
    ['an escaped dot', 'https://issuer%2eexample.com'],
    ['a tab, which URL parsing drops', 'https://iss\tuer.example.com'],
    ['a line break at its end', `${ISSUER}\n`],
    ['full-width letters', 'https://ｉssuer.example.com'],
    ['a backslash', 'https:\\\\issuer.example.com'],
    ['http', 'http://issuer.example.com'],
    ['a query', `${ISSUER}?`],
    ['nothing', ''],
  ]
  it.each(lookalikes)('AV-18 CLM-09 is a different one with %s', async (_, iss) => {
    expect(await judged({ iss })).toBe('issuer_not_trusted')
  })
})
