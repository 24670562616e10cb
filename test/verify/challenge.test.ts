/** The answer to the caller: status, challenge and body (RFC 6750 §3). */
import { expect, test } from 'vitest'
import {
  createVerifier,
  type VerificationCode,
  VerificationError,
  type VerifierOptions,
} from '../../src/verify/index.ts'

function render(code: VerificationCode, options: Partial<VerifierOptions> = {}): Response {
  const verifier = createVerifier({
    issuer: 'https://sts.acme.dev',
    audience: 'https://api.acme.dev',
    scopes: ['deploy:read', 'deploy:write'],
    ...options,
  })
  return verifier.renderRefusal(new VerificationError(code, 'token_expired'))
}

const CHALLENGES: readonly (readonly [VerificationCode, number, string])[] = [
  ['token_missing', 401, 'Bearer'],
  [
    'invalid_token',
    401,
    'Bearer error="invalid_token", error_description="the access token was not accepted"',
  ],
  [
    'insufficient_scope',
    403,
    'Bearer error="insufficient_scope", error_description="the access token lacks a scope", scope="deploy:read deploy:write"',
  ],
  [
    'invalid_request',
    400,
    'Bearer error="invalid_request", error_description="the access token must be sent in one bearer header"',
  ],
]

test.each(CHALLENGES)(
  'PR-09 PR-10 answers %s with %i and its challenge',
  (code, status, challenge) => {
    const response = render(code)
    expect(response.status).toBe(status)
    expect(response.headers.get('www-authenticate')).toBe(challenge)
    expect(response.headers.get('retry-after')).toBeNull()
    expect(response.headers.get('cache-control')).toBe('no-store')
  },
)

test('puts the realm first if it is set', () => {
  const realm = 'deployments of acme'
  expect(render('token_missing', { realm }).headers.get('www-authenticate')).toBe(
    'Bearer realm="deployments of acme"',
  )
  expect(render('invalid_token', { realm }).headers.get('www-authenticate')).toMatch(
    /^Bearer realm="deployments of acme", error="invalid_token", /,
  )
})

test.each(CHALLENGES)('PR-11 repeats no parameter and uses only allowed characters: %s', (code) => {
  const challenge = render(code, { realm: 'acme' }).headers.get('www-authenticate') ?? ''
  const names = [...challenge.matchAll(/([a-z_]+)="/g)].map(([, name]) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(challenge).toMatch(/^Bearer (?:[a-z_]+="[\x20\x21\x23-\x5b\x5d-\x7e]*"(?:, |$))*$/)
})

test.each(['keys_unavailable', 'revocation_unavailable'] as const)(
  'returns 503 with Retry-After for %s',
  async (code) => {
    const response = render(code)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(response.headers.get('www-authenticate')).toBeNull()
    expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable' })
  },
)

test('puts the error into the body, and never the reason', async () => {
  const response = render('invalid_token')
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.json()).toEqual({
    error: 'invalid_token',
    error_description: 'the access token was not accepted',
  })
})
