/**
 * Compares the verification of own tokens with that of jose, which had its place before. Each
 * generated token has some changes, most of them in what the gateway itself signed.
 */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { KeyRing, RingKey } from '../../../src/core/tokens/keyring.ts'
import { isExpiredOwnToken, verifyOwnToken } from '../../../src/core/tokens/own-token.ts'
import { findTokenTyp } from '../../../src/protocol/token.ts'
import { API, AT, GATEWAY, makeRing, OWN_CLAIMS } from '../../support/own-tokens.ts'

/** Names and JSON texts, so that a name can be twice and a number can have any spelling. */
type Members = readonly (readonly [name: string, json: string])[]
type Draft = {
  readonly key: RingKey
  readonly header: Members
  readonly claims: Members
  readonly textOf: (json: string) => Buffer
  readonly signatureOf: (signed: Buffer, key: RingKey) => Buffer | Promise<Buffer>
  readonly spell: (token: string) => string
}
/** `only_here`: jose may accept a token with this change. We never do. */
type Change = {
  readonly is: 'as_in_jose' | 'only_here'
  readonly apply: (draft: Draft) => Draft
}

let ring: KeyRing
beforeAll(async () => {
  ring = await makeRing('ES256', 'RS256', 'EdDSA', 'ES384')
})

const REQUIRED = ['sub', 'aud', 'exp', 'iat', 'jti', 'client_id', 'scope']

async function verifyWithJose(token: string, at: number): Promise<JWTPayload | undefined> {
  try {
    const { kid } = decodeProtectedHeader(token)
    const key = ring.keys.find(({ keyId }) => keyId === kid)
    if (key === undefined) return undefined
    const { payload, protectedHeader } = await jwtVerify(token, key.publicJwk, {
      algorithms: [key.algorithm],
      issuer: GATEWAY,
      currentDate: new Date(at * 1000),
      requiredClaims: REQUIRED,
    })
    const typ = findTokenTyp(protectedHeader.typ)
    return typ === undefined || (typ === 'JWT' && payload.aud === GATEWAY) ? undefined : payload
  } catch {
    return undefined
  }
}

const textOf = (members: Members) =>
  `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`
const set = (members: Members, name: string, json: string): Members => [
  ...members.filter(([other]) => other !== name),
  [name, json],
]
const drop = (members: Members, name: string) => members.filter(([other]) => other !== name)

function draftOf(key: RingKey): Draft {
  const header = { typ: 'at+jwt', alg: key.algorithm, kid: key.keyId }
  const membersOf = (value: object): Members =>
    Object.entries(value).map(([name, member]) => [name, JSON.stringify(member)])
  return {
    key,
    header: membersOf(header),
    claims: membersOf(OWN_CLAIMS),
    textOf: Buffer.from,
    signatureOf: async (signed) => Buffer.from(await key.sign(signed)),
    spell: (token) => token,
  }
}

async function write({ key, header, claims, ...draft }: Draft): Promise<string> {
  const parts = [header, claims].map((part) => draft.textOf(textOf(part)).toString('base64url'))
  const signed = Buffer.from(parts.join('.'))
  const signature = await draft.signatureOf(signed, key)
  return draft.spell(`${signed}.${signature.toString('base64url')}`)
}

const NUMBERS = ['0', '-0', '-1', '1.5', '-1e308', '1e308', '1e999', '-1e999', '0.1e1', '1E10']
const NEAR = [AT - 1, AT, AT + 0.5, AT + 1, AT + 600].map(String)
const OTHERS = ['null', 'true', '""', '"0"', `"${AT + 600}"`, '[]', `[${AT + 600}]`, '{}']
const TEXTS = ['""', '"x"', '"\\ud800"', '"\\u0000"', 'null', '0', 'false', '[]', '{}', '["x"]']
const AUDIENCES = [GATEWAY, API, [GATEWAY], [API, GATEWAY], [], null].map((aud) =>
  JSON.stringify(aud),
)
const TYPS = ['at+jwt', 'AT+JWT', 'JWT', 'application/at+jwt', 'application/JWT', 'JOSE', 'id+jwt']
/** Members that change how a header is read, or that name a key. */
const HEADERS = [
  ['crit', '["b64"]'],
  ['crit', '["exp"]'],
  ['crit', '[]'],
  ['b64', 'false'],
  ['b64', 'true'],
  ['zip', '"DEF"'],
  ['jku', '"https://evil.test"'],
  ['jwk', '{"kty":"oct","k":"AA"}'],
  ['x5c', '[]'],
  ['cty', '"JWT"'],
  ['constructor', '{}'],
  ['__proto__', '{"kid":"x","crit":["b64"]}'],
] as const

const member = (name: string, json: string): Change => ({
  is: 'as_in_jose',
  apply: (draft) => ({ ...draft, claims: set(draft.claims, name, json) }),
})
const headed = (name: string, json: string, is: Change['is'] = 'as_in_jose'): Change => ({
  is,
  apply: (draft) => ({ ...draft, header: set(draft.header, name, json) }),
})
const spelt = (is: Change['is'], spell: Draft['spell']): Change => ({
  is,
  apply: (draft) => ({ ...draft, spell }),
})
const written = (textOf: Draft['textOf']): Change => ({
  is: 'only_here',
  apply: (draft) => ({ ...draft, textOf }),
})
const signedBy = (signatureOf: Draft['signatureOf']): Change => ({
  is: 'as_in_jose',
  apply: (draft) => ({ ...draft, signatureOf }),
})

const dates = fc
  .tuple(fc.constantFrom('exp', 'iat', 'nbf'), fc.constantFrom(...NUMBERS, ...NEAR, ...OTHERS))
  .map(([name, json]) => member(name, json))
const texts = fc
  .tuple(fc.constantFrom('iss', ...REQUIRED), fc.constantFrom(...TEXTS))
  .map(([name, json]) => member(name, json))
const others = fc.constantFrom(
  ...AUDIENCES.map((json) => member('aud', json)),
  ...['__proto__', 'constructor', 'anc', 'more'].map((name) => member(name, '{"iss":"x","exp":0}')),
  ...TYPS.map((typ) => headed('typ', JSON.stringify(typ))),
  ...['null', '0', '["at+jwt"]', '{}'].map((json) => headed('typ', json)),
  ...['none', 'HS256', 'RS256', 'PS256', 'ES384', 'es256', 'Ed25519', ''].map((alg) =>
    headed('alg', JSON.stringify(alg)),
  ),
  ...['null', '0', '{}', '""', '"__proto__"', '"toString"'].map((json) => headed('kid', json)),
  headed('alg', '["ES256"]'),
)
const absent = fc.constantFrom('iss', 'nbf', ...REQUIRED, 'typ', 'alg', 'kid').map(
  (name): Change => ({
    is: 'as_in_jose',
    apply: (draft) => ({
      ...draft,
      header: drop(draft.header, name),
      claims: drop(draft.claims, name),
    }),
  }),
)
const namedByList: Change = {
  is: 'as_in_jose',
  apply: (draft) => ({ ...draft, header: set(draft.header, 'kid', `["${draft.key.keyId}"]`) }),
}
const signatures = fc.constantFrom(
  signedBy(() => Buffer.alloc(0)),
  signedBy(() => Buffer.alloc(64)),
  signedBy((signed, { publicJwk }) =>
    createHmac('sha256', JSON.stringify(publicJwk)).update(signed).digest(),
  ),
  signedBy(async (signed, key) => Buffer.from(await key.sign(signed)).subarray(1)),
  signedBy(async (signed, key) =>
    Buffer.concat([Buffer.from(await key.sign(signed)), Buffer.of(0)]),
  ),
  // ASN.1 in place of the two numbers (RFC 7518 §3.4).
  signedBy(async (signed, key) => {
    const raw = Buffer.from(await key.sign(signed))
    const half = raw.length / 2
    const integers = [raw.subarray(0, half), raw.subarray(half)].flatMap((number) => [
      Buffer.of(2, half + 1, 0),
      number,
    ])
    const body = Buffer.concat(integers)
    return Buffer.concat([Buffer.of(0x30, body.length & 0x7f), body])
  }),
  signedBy(async (signed) => Buffer.from((await ring.keys[0]?.sign(signed)) ?? [])),
)
const spellings = fc.constantFrom(
  spelt('as_in_jose', (token) => `${token}.`),
  spelt('as_in_jose', (token) => `.${token}`),
  spelt('as_in_jose', (token) => token.replace('.', '..')),
  spelt('as_in_jose', (token) => token.replace(/\.[^.]*$/, '')),
  spelt('as_in_jose', (token) => token.replace('.', ' .')),
  spelt('as_in_jose', (token) => `\ufeff${token}`),
  // The signature has other spellings for a lenient decoder (TOK-10).
  spelt('only_here', (token) => `${token}\n`),
  spelt('only_here', (token) => `${token}=`),
  spelt('only_here', (token) => `${token}==`),
  spelt('only_here', (token) => `${token.slice(0, -4)} ${token.slice(-4)}`),
  spelt('only_here', (token) => `${token.slice(0, -1)}${nextDigit(token.slice(-1))}`),
)
const stricter = fc.oneof(
  fc.constantFrom(...HEADERS).map(([name, json]) => headed(name, json, 'only_here')),
  fc.constantFrom<Change>(
    written((json) => Buffer.from(`\ufeff${json}`)),
    written((json) => Buffer.from(json.replace('{', '{"a":"\u00e9",'), 'latin1')),
    written((json) => Buffer.from(json.replace('{', `{"a":${'['.repeat(16)}${']'.repeat(16)},`))),
    // JSON.parse takes the last, and other parsers take the first (TOK-09).
    {
      is: 'only_here',
      apply: (draft) => ({ ...draft, claims: [['scope', '"trust:write"'], ...draft.claims] }),
    },
    {
      is: 'only_here',
      apply: (draft) => ({ ...draft, header: [['alg', '"none"'], ...draft.header] }),
    },
    {
      is: 'only_here',
      apply: (draft) => ({
        ...draft,
        claims: [...draft.claims, ['a', '{"b":{"c":1,"\\u0063":2}}']],
      }),
    },
  ),
)
const change = fc.oneof(
  { arbitrary: dates, weight: 4 },
  { arbitrary: fc.oneof(texts, others, absent, fc.constant(namedByList)), weight: 4 },
  signatures,
  spellings,
  stricter,
)

/** The digit with the lowest bit of its value changed. */
function nextDigit(digit: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet.charAt(alphabet.indexOf(digit) ^ 1)
}

describe('the verification of own tokens', () => {
  it('TOK-02 TOK-07 TOK-09 TOK-10 is that of jose, except where it is meant to refuse more', async () => {
    const outcomes = { accepted: 0, refused: 0, only_here: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3),
        fc.array(change, { maxLength: 3 }),
        fc.constantFrom(AT, AT - 600, AT + 599, AT + 600),
        async (index, changes, at) => {
          const key = ring.keys[index] as RingKey
          const token = await write(
            changes.reduce((draft, { apply }) => apply(draft), draftOf(key)),
          )
          const [ours, theirs] = [
            await verifyOwnToken(token, ring, GATEWAY, at),
            await verifyWithJose(token, at),
          ]
          if (ours !== undefined || changes.every(({ is }) => is === 'as_in_jose')) {
            expect(ours).toEqual(theirs)
          }
          if (ours !== undefined) outcomes.accepted += 1
          else outcomes[theirs === undefined ? 'refused' : 'only_here'] += 1
        },
      ),
      { numRuns: 1500 },
    )
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(20)
  })

  it('of an expired token says so only if it was valid when it was issued', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(dates, { maxLength: 3 }), async (changes) => {
        const [key] = ring.keys
        if (key === undefined) throw new Error('the ring is empty')
        const token = await write(changes.reduce((draft, { apply }) => apply(draft), draftOf(key)))
        const isExpired = await isExpiredOwnToken(token, ring, GATEWAY, AT + 600)
        const { iat } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
        // The Date that jose takes has no room for other moments, and jose reads whole seconds of it.
        if (Number.isInteger(iat) && Math.abs(iat) < 1e12 && iat <= AT + 600) {
          expect(isExpired).toBe((await verifyWithJose(token, iat)) !== undefined)
        } else if (isExpired) expect(typeof iat).toBe('number')
      }),
      { numRuns: 300 },
    )
  })
})
