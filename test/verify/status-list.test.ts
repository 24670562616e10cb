/** Revocation by the status list of the gateway: good lists, hostile lists, and no list. */
import { beforeEach, describe, expect, test } from 'vitest'
import { createVerifier } from '../../src/verify/index.ts'
import { deflate } from '../../src/web/compression/deflate.ts'
import { hangUp, sendStatus, sendText, startGateway } from './support/gateway.ts'
import { countOutcomes, refusalOf } from './support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW } from './support/tokens.ts'

const gateway = await startGateway()
const signer = await createSigner()
const stranger = await createSigner('key-2')
gateway.publishKeys([signer.publicJwk])
let now = NOW
beforeEach(() => {
  now = NOW
})

const PATH = '/status/AAAA'
const URI = `${gateway.issuer}${PATH}`
/** The list of V-01: indices 2, 7 and 12 are revoked. */
const V01 = 'eNprEQAAARoAlQ'

type Change = Readonly<Record<string, unknown>>

function listClaims(change: Change = {}) {
  return {
    sub: URI,
    iat: NOW,
    exp: NOW + 300,
    ttl: 30,
    status_list: { bits: 1, lst: V01 },
    ...change,
  }
}

async function publish(change: Change = {}, header: Change = {}, by = signer, path = PATH) {
  const whole = { typ: 'statuslist+jwt', kid: by.keyId, ...header }
  const token = await by.sign(whole, JSON.stringify(listClaims(change)))
  gateway.answer(path, sendText(token))
}

const newVerifier = () =>
  createVerifier({
    issuer: gateway.issuer,
    audience: AUDIENCE,
    now: () => now,
    revocation: { statusList: true },
  })

const tokenAt = (idx: unknown, uri: unknown = URI, claims: Change = {}) =>
  mint(signer, gateway.issuer, { claims: { status: { status_list: { idx, uri } }, ...claims } })

const REVOKED = '401 invalid_token: token_revoked'
const INVALID = '401 invalid_token: status_invalid'
const UNUSABLE = '503 revocation_unavailable: status_list_invalid'

describe('a verifier with status lists', () => {
  test('V-01 SL-02 accepts the valid indices of a list and refuses the others', async () => {
    await publish()
    const verifier = newVerifier()
    const accepted: number[] = []
    for (let index = 0; index < 16; index += 1) {
      const outcome = await refusalOf(verifier.verify(await tokenAt(index)))
      expect(['accepted', REVOKED]).toContain(outcome)
      if (outcome === 'accepted') accepted.push(index)
    }
    expect(accepted).toEqual([0, 1, 3, 4, 5, 6, 8, 9, 10, 11, 13, 14, 15])
    expect(gateway.asked(PATH)).toBe(1)
  })

  test('SL-13 refuses every status but VALID', async () => {
    await publish({ status_list: { bits: 2, lst: 'eNo76fITAAPfAgc' } })
    const outcomes: string[] = []
    const verifier = newVerifier()
    for (const index of [0, 1, 2, 3]) {
      outcomes.push(await refusalOf(verifier.verify(await tokenAt(index))))
    }
    expect(outcomes).toEqual([REVOKED, REVOKED, 'accepted', REVOKED])
  })

  test('SL-18 refuses an index beyond the list', async () => {
    await publish()
    expect(await refusalOf(newVerifier().verify(await tokenAt(16)))).toBe(INVALID)
  })

  test('refuses a token without a status', async () => {
    const token = await mint(signer, gateway.issuer)
    expect(await refusalOf(newVerifier().verify(token))).toBe('401 invalid_token: status_missing')
  })

  test.each([
    ['a negative index', -1, URI],
    ['a fraction', 1.5, URI],
    ['an index as text', '1', URI],
    ['an index beyond whole numbers', 2 ** 53, URI],
    ['no URI', 1, null],
    ['NET-04 a list of another host', 1, 'https://lists.example.com/status/AAAA'],
    ['NET-04 a list of another port', 1, 'http://127.0.0.1:1/status/AAAA'],
    ['a URI in another spelling', 1, `${gateway.issuer}/./status/AAAA`],
    ['a URI with a password', 1, URI.replace('://', '://a:b@')],
  ])('SL-08 refuses %s, without a request', async (_, idx, uri) => {
    await publish()
    expect(await refusalOf(newVerifier().verify(await tokenAt(idx, uri)))).toBe(INVALID)
    expect(gateway.asked(PATH)).toBe(0)
  })

  test.each([
    ['an expired token', { exp: NOW - 60 }, 'token_expired'],
    ['a token for another API', { aud: 'https://other.acme.dev' }, 'audience_mismatch'],
  ])('SL-16 SL-22 fetches no list for %s', async (_, claims, reason) => {
    await publish()
    const token = await tokenAt(1, URI, claims)
    expect(await refusalOf(newVerifier().verify(token))).toBe(`401 invalid_token: ${reason}`)
    expect(gateway.asked(PATH)).toBe(0)
  })

  test('accepts a token with a status if it is not asked to check it', async () => {
    const verifier = createVerifier({
      issuer: gateway.issuer,
      audience: AUDIENCE,
      now: () => now,
    })
    expect(await refusalOf(verifier.verify(await tokenAt(2)))).toBe('accepted')
    expect(gateway.asked(PATH)).toBe(0)
  })

  test('REV-05 refuses a token whose ancestor is revoked', async () => {
    await publish()
    await publish({ sub: `${gateway.issuer}/status/AAAB` }, {}, signer, '/status/AAAB')
    const ancestor = (jti: string) => ({ jti, iat: NOW, client_id: 'root', aud: AUDIENCE })
    const random = 'ABCDEFGHIJKLMNOPQRSTUA'
    const outcome = async (...jtis: readonly string[]) =>
      refusalOf(newVerifier().verify(await tokenAt(1, URI, { anc: jtis.map(ancestor) })))
    expect(await outcome(random)).toBe('accepted')
    expect(await outcome(`AAABAAAD${random}`, `AAAAAAAD${random}`)).toBe('accepted')
    expect(await outcome(`AAABAAAH${random}`, `AAAAAAAD${random}`)).toBe(REVOKED)
    expect(await outcome(`AAABAAAD${random}`, `AAAAAAAC${random}`)).toBe(REVOKED)
  })
})

describe('the age of a list', () => {
  test('SL-20 SL-21 is at most its ttl, whatever the caching headers say', async () => {
    await publish()
    const verifier = newVerifier()
    const token = await tokenAt(3)
    expect(await refusalOf(verifier.verify(token))).toBe('accepted')
    gateway.answer(PATH, hangUp)
    now += 14
    expect(await refusalOf(verifier.verify(token))).toBe('accepted')
    expect(gateway.asked(PATH)).toBe(1)
    now += 16
    expect(await refusalOf(verifier.verify(token))).toBe(
      '503 revocation_unavailable: gateway_unreachable',
    )
  })

  test('SL-21 never exceeds its exp', async () => {
    await publish({ exp: NOW + 5 })
    const verifier = newVerifier()
    const token = await tokenAt(3)
    expect(await refusalOf(verifier.verify(token))).toBe('accepted')
    await publish({ status_list: { bits: 1, lst: 'eNpjYAAAAAIAAQ' } })
    gateway.answer(PATH, hangUp)
    now += 5
    expect(await refusalOf(verifier.verify(token))).toBe(
      '503 revocation_unavailable: gateway_unreachable',
    )
  })

  test.each([
    ['a ttl of a day', { ttl: 86_400, exp: NOW + 86_400 }],
    ['no ttl', { ttl: undefined, exp: NOW + 86_400 }],
  ])('SL-21 is at most five minutes with %s', async (_, change) => {
    await publish(change)
    const verifier = newVerifier()
    const token = await tokenAt(3)
    expect(await refusalOf(verifier.verify(token))).toBe('accepted')
    gateway.answer(PATH, hangUp)
    now += 299
    expect(await refusalOf(verifier.verify(token))).toBe('accepted')
    now += 1
    expect(await refusalOf(verifier.verify(token))).toContain('503')
  })

  test('refreshes a list in the background from half of its ttl', async () => {
    await publish()
    const verifier = newVerifier()
    const token = await tokenAt(3)
    await verifier.verify(token)
    await publish({ iat: NOW + 15, status_list: { bits: 1, lst: 'eNrbuRgAAhcBXQ' } })
    now += 15
    const work: Promise<unknown>[] = []
    await verifier.verify(token, { waitUntil: (task) => work.push(task) })
    expect(work).toHaveLength(1)
    await Promise.all(work)
    expect(await refusalOf(verifier.verify(token))).toBe(REVOKED)
    expect(gateway.asked(PATH)).toBe(2)
  })

  test('is not extended when the clock is set back', async () => {
    await publish({ iat: NOW - 100 })
    const verifier = newVerifier()
    const token = await mint(signer, gateway.issuer, {
      claims: { iat: NOW - 100, status: { status_list: { idx: 3, uri: URI } } },
    })
    await verifier.verify(token)
    gateway.answer(PATH, hangUp)
    now -= 20
    expect(await refusalOf(verifier.verify(token))).toContain('503')
  })

  test('after a failure, the list is not asked for with every token', async () => {
    gateway.answer(PATH, hangUp)
    const verifier = newVerifier()
    const token = await tokenAt(3)
    const outcomes = await countOutcomes(Array.from({ length: 20 }, () => verifier.verify(token)))
    expect(outcomes).toEqual({ '503 revocation_unavailable: gateway_unreachable': 20 })
    const asked = gateway.asked(PATH)
    expect(await refusalOf(verifier.verify(token))).toContain('503')
    expect(gateway.asked(PATH)).toBe(asked)
    await publish()
    now += 5
    expect(await refusalOf(verifier.verify(token))).toBe('accepted')
  })
})

const bomb = Buffer.from(await deflate(new Uint8Array(8_000_000))).toString('base64url')

describe('a hostile or broken list', () => {
  const lists = (lst: unknown, bits: unknown = 1) => ({ status_list: { bits, lst } })
  test.each([
    ['SL-17 of another URI', { sub: `${gateway.issuer}/status/AAAB` }],
    ['SL-17 without a subject', { sub: undefined }],
    ['SL-17 that has expired', { exp: NOW }],
    ['SL-17 without exp', { exp: undefined }],
    ['SL-17 without iat', { iat: undefined }],
    ['SL-17 from the future', { iat: NOW + 31 }],
    ['SL-21 that is valid for a week', { exp: NOW + 7 * 86_400 }],
    ['SL-07 with a ttl of zero', { ttl: 0 }],
    ['SL-07 with a ttl as text', { ttl: '30' }],
    ['SL-06 without a list', { status_list: undefined }],
    ['SL-01 of three bits', lists(V01, 3)],
    ['SL-01 with bits as text', lists(V01, '1')],
    ['SL-04 with padding', lists(`${V01}==`)],
    ['SL-04 that is no text', lists([V01])],
    ['SL-03 of raw deflate', lists('axEAAA')],
    ['SL-03 cut off', lists(V01.slice(0, 8))],
    ['SL-24 that grows to 8 MB', lists(bomb)],
  ])('%s refuses the token', async (_, change) => {
    await publish(change)
    expect(await refusalOf(newVerifier().verify(await tokenAt(3)))).toBe(UNUSABLE)
  })

  test.each([
    ['SL-05 with the type of an access token', { typ: 'at+jwt' }, signer],
    ['SL-05 without a type', { typ: undefined }, signer],
    ['TOK-04 with a key in the header', { jwk: stranger.publicJwk }, signer],
    ['SL-17 with the kid of another key', { kid: signer.keyId }, stranger],
    ['SL-17 by an unknown key', {}, stranger],
  ])('%s refuses the token', async (_, header, by) => {
    await publish({}, header, by)
    expect(await refusalOf(newVerifier().verify(await tokenAt(3)))).toBe(UNUSABLE)
  })

  test('OUT-01 is accepted with the full media type, and is no access token', async () => {
    await publish({}, { typ: 'application/statuslist+jwt' })
    expect(await refusalOf(newVerifier().verify(await tokenAt(3)))).toBe('accepted')
    const list = await signer.sign(
      { typ: 'statuslist+jwt', kid: signer.keyId },
      JSON.stringify(listClaims({ aud: AUDIENCE })),
    )
    expect(await refusalOf(newVerifier().verify(list))).toBe(
      '401 invalid_token: token_kind_not_accepted',
    )
  })

  test.each([
    ['SL-09 an error', sendStatus(500), 'answer_status_unexpected'],
    ['SL-09 no such list', sendStatus(404), 'answer_status_unexpected'],
    [
      'NET-06 a redirect',
      sendStatus(302, { location: 'https://lists.example.com/' }),
      'answer_status_unexpected',
    ],
    ['NET-07 an endless answer', sendText('a'.repeat(300_000)), 'answer_too_large'],
    ['SL-17 no JWT', sendText('<html>'), 'status_list_invalid'],
    ['SL-19 no answer', hangUp, 'gateway_unreachable'],
  ])('%s refuses the token', async (_, answer, fault) => {
    gateway.answer(PATH, answer)
    expect(await refusalOf(newVerifier().verify(await tokenAt(3)))).toBe(
      `503 revocation_unavailable: ${fault}`,
    )
  })
})
