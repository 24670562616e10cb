import { describe, expect, it } from 'vitest'
import type {
  ForwardRefusal,
  ForwardScheme,
} from '../../../src/core/endpoint/forward/forward-auth.ts'
import { renderForward } from '../../../src/core/endpoint/forward/render-forward.ts'
import type { IssuedTokenClaims } from '../../../src/protocol/token.ts'
import { API, AT, OWN_CLAIMS } from '../../support/own-tokens.ts'

function allow(change: Partial<IssuedTokenClaims> = {}, at = AT, scheme: ForwardScheme = 'Bearer') {
  const claims = { ...OWN_CLAIMS, ...change }
  return renderForward({ allowed: true, at, claims, resource: API, scheme })
}

function refuse(
  reason: ForwardRefusal,
  requiredScopes: readonly string[] = [],
  schemes: readonly ForwardScheme[] = ['Bearer'],
  check?: 'htu',
) {
  const known = check === undefined ? {} : { check }
  return renderForward({ allowed: false, at: AT, reason, requiredScopes, schemes, known })
}

describe('an allowed request', () => {
  it('gets 200 with the whole identity and without a body', () => {
    expect(allow()).toEqual({
      status: 200,
      headers: {
        'x-edgemint-subject': 'github:456789012:production',
        'x-edgemint-client-id': 'deploy',
        'x-edgemint-scope': 'deploy:read deploy:write',
        'x-edgemint-expires-at': String(AT + 600),
        'x-edgemint-token-id': 'own-1',
        'x-edgemint-actor': '',
        'cache-control': 'max-age=10',
        vary: 'authorization, x-edgemint-require-resource, x-edgemint-require-scope',
      },
    })
  })

  it('names each actor, the current one first', () => {
    const agent = { iss: 'https://agents.example', sub: 'agent-7' }
    const act = { iss: 'https://sts.example.com', sub: 'tool', act: agent }
    const header = 'x-edgemint-actor'
    expect(allow({ act: agent }).headers[header]).toBe('https://agents.example agent-7')
    expect(allow({ act }).headers[header]).toBe(
      'https://sts.example.com tool,https://agents.example agent-7',
    )
  })

  it('EXC-11 encodes an actor so that it cannot be read as two', () => {
    const sub = 'a b,https://evil.example boss\r\n50%\ud83d'
    const value = allow({ act: { iss: 'https://a.example', sub } }).headers['x-edgemint-actor']
    const actors = value?.split(',').map((one) => one.split(' ').map(decodeURIComponent))
    expect(actors).toEqual([['https://a.example', sub.toWellFormed()]])
    expect(value).toMatch(/^[\x21-\x7e]+ [\x21-\x7e]+$/)
  })

  const subjects = [
    ['a\r\nx-edgemint-scope: admin', 'a%0D%0Ax-edgemint-scope:%20admin'],
    ['50%', '50%25'],
    ['a%0Ab', 'a%250Ab'],
    [' padded ', '%20padded%20'],
    ['münchen/\u202e', 'm%C3%BCnchen/%E2%80%AE'],
    ['🚀', '%F0%9F%9A%80'],
    ['half \ud83d of one', 'half%20%EF%BF%BD%20of%20one'],
    ['\u0000\u007f', '%00%7F'],
  ] as const
  it.each(subjects)('EXC-11 gets %j encoded so that decoding once restores it', (sub, encoded) => {
    const { headers } = allow({ sub, client_id: sub, jti: sub })
    for (const name of ['subject', 'client-id', 'token-id']) {
      expect(headers[`x-edgemint-${name}`]).toBe(encoded)
    }
    expect(decodeURIComponent(encoded)).toBe(sub.toWellFormed())
  })

  it.each([
    [600, 10],
    [10, 10],
    [3, 3],
    [1, 1],
  ])('whose token has %d seconds left may be cached for %d', (left, maxAge) => {
    expect(allow({}, AT + 600 - left).headers['cache-control']).toBe(`max-age=${maxAge}`)
  })

  it('with a bound token may not be cached, because the next request needs its own proof', () => {
    expect(allow({}, AT, 'DPoP').headers['cache-control']).toBe('no-store')
  })

  it('may not be stored by other shared caches', () => {
    expect(allow().headers['cache-control']).not.toMatch(/public|s-maxage|must-revalidate/)
  })
})

describe('a refused request', () => {
  const rows: readonly (readonly [ForwardRefusal, number, string | undefined])[] = [
    ['question_malformed', 400, undefined],
    ['resource_unknown', 500, undefined],
    ['scope_unknown', 500, undefined],
    ['token_missing', 401, 'Bearer'],
    ['token_not_accepted', 401, notAccepted()],
    ['request_unknown', 500, undefined],
    ['token_bound', 401, notAccepted()],
    ['token_not_bound', 401, notAccepted()],
    ['token_revoked', 401, notAccepted()],
    ['audience_mismatch', 401, notAccepted()],
    [
      'scope_insufficient',
      403,
      'Bearer error="insufficient_scope", error_description="a scope is missing", scope="a b"',
    ],
  ]
  it.each(rows)('PR-06 PR-09 PR-10 for %s gets %d', (reason, status, challenge) => {
    const answer = refuse(reason, reason === 'scope_insufficient' ? ['a', 'b'] : [])
    expect(answer.status).toBe(status)
    expect(answer.headers['www-authenticate']).toBe(challenge)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('x-'))).toEqual([])
  })

  it('EXC-10 does not get to know which check of the token failed', () => {
    const alike = [
      'token_not_accepted',
      'token_bound',
      'token_not_bound',
      'token_revoked',
      'audience_mismatch',
    ] as const
    const answers = new Set(alike.map((reason) => JSON.stringify(refuse(reason))))
    expect(answers.size).toBe(1)
  })

  it('PR-11 gets a challenge without repeated parameters', () => {
    const challenge = refuse('scope_insufficient', ['a']).headers['www-authenticate'] ?? ''
    const names = [...challenge.matchAll(/(\w+)="/g)].map(([, name]) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('DP-22 a challenge of DPoP', () => {
  const ALGS = 'algs="ES256 RS256 Ed25519 EdDSA ES384 PS256"'
  const challengeOf = (...parameters: Parameters<typeof refuse>) =>
    refuse(...parameters).headers['www-authenticate']

  it('is the second one for a request without a token', () => {
    expect(challengeOf('token_missing', [], ['Bearer', 'DPoP'])).toBe(`Bearer, DPoP ${ALGS}`)
  })

  it('names the check that the proof did not pass', () => {
    const answer = refuse('proof_invalid', [], ['DPoP'], 'htu')
    const text = 'the proof of possession was not accepted: htu'
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([
      401,
      `DPoP error="invalid_dpop_proof", error_description="${text}", ${ALGS}`,
    ])
    expect(answer.body?.error_description).toBe(text)
  })

  it('has the scopes that are missing', () => {
    const challenge = challengeOf('scope_insufficient', ['a'], ['DPoP'])
    expect(challenge).toContain('DPoP error="insufficient_scope"')
    expect(challenge).toContain(`scope="a", ${ALGS}`)
  })
})

function notAccepted() {
  return 'Bearer error="invalid_token", error_description="the token was not accepted"'
}
