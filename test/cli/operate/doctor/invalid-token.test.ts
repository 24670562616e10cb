import { expect, test } from 'vitest'
import { explainInvalidToken } from '../../../../src/cli/operate/doctor/invalid-token.ts'

const AT = 1_800_000_000
const ISSUER = 'https://sts.example.com'
const ring = {
  keys: [{ keyId: 'a', algorithm: 'ES256', publicJwk: { kid: 'a', alg: 'ES256' } }],
} as const
const VALID = { iss: ISSUER, exp: AT + 600, nbf: AT }

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const make = (claims: object, kid = 'a') => `${part({ alg: 'ES256', kid })}.${part(claims)}.c2ln`

test.each([
  [
    'a key that is not published',
    make(VALID, 'b'),
    'the issued token is signed with the key b, which /jwks.json does not have',
    'every gateway behind this URL',
  ],
  [
    'another issuer',
    make({ ...VALID, iss: 'https://other.example' }),
    `the issuer of the issued token is https://other.example, not ${ISSUER}`,
    'use --url https://other.example',
  ],
  [
    'a clock ahead',
    make({ ...VALID, exp: AT - 300 }),
    'the issued token expired 300 seconds ago by the clock of this machine',
    'step clock',
  ],
  [
    'the moment of its end',
    make({ ...VALID, exp: AT }),
    'the issued token expired 0 seconds ago by the clock of this machine',
    'step clock',
  ],
  [
    'a clock behind',
    make({ ...VALID, nbf: AT + 60 }),
    'the issued token is valid in 60 seconds by the clock of this machine',
    'step clock',
  ],
  [
    'a wrong signature',
    make(VALID),
    'the issued token is not valid with the keys of /jwks.json',
    'keys check',
  ],
  ['no JWT', 'abc', 'the issued token is not valid with the keys of /jwks.json', 'keys check'],
])('names the cause: %s', (_, token, message, hint) => {
  const cause = explainInvalidToken(token, ring, ISSUER, AT)
  expect(cause).toEqual({ message, hint: expect.stringContaining(hint) })
})

test('says that there are no keys, whatever the token says', () => {
  const { message } = explainInvalidToken(make(VALID, 'b'), { keys: [] }, ISSUER, AT)
  expect(message).toBe('/jwks.json has no keys, so the issued token cannot be verified')
})
