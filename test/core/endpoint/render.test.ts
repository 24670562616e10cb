import { describe, expect, it } from 'vitest'
import { DENIALS, type Denial, type DenialReason } from '../../../src/core/denial.ts'
import { renderDenial, renderToken, renderUnavailable } from '../../../src/core/endpoint/render.ts'
import { TOKEN_EXCHANGE } from '../../../src/core/grants/token-exchange.ts'
import { SAMPLES } from '../support/denials.ts'

const REASONS = Object.keys(DENIALS) as DenialReason[]
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const ISSUED = {
  token: 'a.b.c',
  tokenId: 't',
  keyId: 'k',
  scope: 'read',
  expiresAt: 1600,
  lifetimeSeconds: 600,
}
const answerAs = (issuedTokenType: string) =>
  renderToken(
    TOKEN_EXCHANGE.render(ISSUED, { assertion: 'x.y.z', presentation: 'jwt', issuedTokenType }),
    'dec_1',
  )
const NO_STORE = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  pragma: 'no-cache',
}

const answers = [
  answerAs(ACCESS_TOKEN),
  renderUnavailable('dec_1'),
  ...REASONS.map((reason) => renderDenial(SAMPLES[reason], 'dec_1')),
]

describe('every answer', () => {
  it('TE-12 TE-13 TE-14 EXC-13 is JSON that caches must not store', () => {
    for (const { headers } of answers) expect(headers).toMatchObject(NO_STORE)
  })

  it('EXC-12 has no CORS header and sets no cookie', () => {
    const names = new Set(answers.flatMap(({ headers }) => Object.keys(headers)))
    expect([...names].toSorted()).toEqual(
      [
        'cache-control',
        'content-type',
        'pragma',
        'ratelimit',
        'retry-after',
        'www-authenticate',
      ].toSorted(),
    )
  })
})

describe('an issued token', () => {
  it('TE-22 TE-37 TE-38 TE-39 is sent with 200, its type, scope and lifetime', () => {
    expect(answerAs(ACCESS_TOKEN)).toEqual({
      status: 200,
      headers: NO_STORE,
      body: {
        access_token: 'a.b.c',
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: 600,
        scope: 'read',
        decision_id: 'dec_1',
      },
    })
  })
})

describe('a token that was requested as a JWT', () => {
  it('TE-39 has that type in the answer', () => {
    const type = 'urn:ietf:params:oauth:token-type:jwt'
    expect(answerAs(type).body).toMatchObject({ issued_token_type: type })
  })
})

/** The denials whose sentence ends with the name at fault and contains no other fact. */
const NAMING: readonly DenialReason[] = [
  'parameter_repeated',
  'parameter_missing',
  'parameter_invalid',
  'parameter_unsupported',
  'parameter_of_another_grant',
  'token_type_unsupported',
  'client_authentication_unsupported',
  'client_assertion_missing',
  'dpop_proof_invalid',
  'nothing_to_revoke',
]

describe('a denial', () => {
  it.each(REASONS)('TE-11 TE-15 is rendered from the table without its facts: %s', (reason) => {
    const { error: own, description } = DENIALS[reason]
    const { error, status } = typeof own === 'string' ? TOKEN_EXCHANGE.errors[own] : own
    const sample = SAMPLES[reason]
    const { status: sent, body } = renderDenial(sample, 'dec_1', TOKEN_EXCHANGE)
    const named = NAMING.includes(reason) && 'at' in sample ? `: ${sample.at}` : ''
    expect(sent).toBe(status)
    expect(body).toEqual({ error, error_description: description + named, decision_id: 'dec_1' })
    for (const text of [error, description]) {
      expect(text).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
    }
  })

  it('EXC-10 contains neither its reason nor a link to a page about it', () => {
    for (const reason of REASONS) {
      const { body } = renderDenial(SAMPLES[reason], 'dec_1')
      expect(JSON.stringify({ ...body, error: '' })).not.toContain(reason)
      expect(body).not.toHaveProperty('error_uri')
    }
  })

  it('EXC-06 names the shortest lifetime if the lifetime is invalid', () => {
    const { body } = renderDenial({ reason: 'parameter_invalid', at: 'expires_in' }, 'dec_1')
    expect(body).toMatchObject({
      error_description:
        'a parameter has an invalid value: expires_in must be a whole number of seconds, 10 or more',
    })
    const other = renderDenial({ reason: 'parameter_missing', at: 'expires_in' }, 'dec_1').body
    expect(other).toMatchObject({
      error_description: 'a required parameter is missing: expires_in',
    })
  })

  it('names the parameter at fault or why no token was revoked, and never a claim', () => {
    const naming = REASONS.filter((reason) => {
      const { body } = renderDenial({ ...SAMPLES[reason], at: 'faulty' } as Denial)
      return JSON.stringify(body).includes('faulty')
    })
    expect(naming).toEqual(NAMING)
    const { body } = renderDenial({ reason: 'parameter_missing', at: 'subject_token' })
    expect(body).toMatchObject({
      error_description: 'a required parameter is missing: subject_token',
    })
  })

  it('EXC-10 is the same for every fault before the signature is verified', () => {
    const unproven: readonly DenialReason[] = [
      'token_malformed',
      'token_too_large',
      'algorithm_not_allowed',
      'key_unknown',
      'signature_invalid',
    ]
    const said = new Set(unproven.map((reason) => JSON.stringify(renderDenial(SAMPLES[reason]))))
    expect(said.size).toBe(1)
  })

  it('tells a caller without an explanation how to find the reason', () => {
    expect(renderDenial(SAMPLES.no_rule_matched, 'dec_1').body).toMatchObject({
      decision_id: 'dec_1',
      error_description: expect.stringMatching(/decision_id.*administrator/),
    })
  })

  it('TE-16 TE-17 says that a secret must be removed', () => {
    for (const reason of [
      'client_authentication_refused',
      'client_authentication_unsupported',
    ] as const) {
      expect(DENIALS[reason].description).toMatch(/remove/)
    }
  })

  it('EXC-10 is the same for every rule that does not allow the request', () => {
    const refused: readonly DenialReason[] = [
      'no_rule_matched',
      'rule_denied',
      'template_unrenderable',
    ]
    const said = new Set(refused.map((reason) => JSON.stringify(renderDenial(SAMPLES[reason]))))
    expect(said.size).toBe(1)
  })

  it('contains the explanation if there is one', () => {
    const trace = [{ rule: 'deploy', outcome: 'expired', conditions: [] }] as const
    expect(renderDenial({ reason: 'no_rule_matched', trace }).body).toMatchObject({
      explanation: trace,
    })
    const { body } = renderDenial({ reason: 'no_rule_matched', trace: [] })
    expect(body).not.toHaveProperty('explanation')
    expect(body).not.toHaveProperty('decision_id')
  })

  it('TE-17 has a challenge with its sentence only if its status is 401', () => {
    const challenges = Object.fromEntries(
      REASONS.map((reason) => [reason, renderDenial(SAMPLES[reason])] as const)
        .filter(([, { headers }]) => 'www-authenticate' in headers)
        .map(([reason, { status, headers }]) => [
          reason,
          `${status} ${headers['www-authenticate']}`,
        ]),
    )
    expect(challenges).toEqual({
      client_authentication_refused:
        '401 Token-Exchange error="invalid_client", error_description="client authentication is not accepted, the subject token is the proof: remove the secret or the header"',
      caller_unauthenticated:
        '401 Bearer error="invalid_token", error_description="a token of this gateway is required"',
    })
    const silent = REASONS.map((reason) => renderDenial(SAMPLES[reason])).filter(
      ({ status, headers }) => status === 401 && !('www-authenticate' in headers),
    )
    expect(silent).toEqual([])
  })
})

describe('an outage', () => {
  it('is 503 with Retry-After and does not name the part', () => {
    expect(renderUnavailable('dec_1')).toEqual({
      status: 503,
      headers: { ...NO_STORE, 'retry-after': '5' },
      body: {
        error: 'temporarily_unavailable',
        error_description: expect.stringMatching(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/),
        decision_id: 'dec_1',
      },
    })
  })
})
