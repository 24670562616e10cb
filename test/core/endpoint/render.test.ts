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
  renderToken(TOKEN_EXCHANGE.render(ISSUED, { assertion: 'x.y.z', issuedTokenType }), 'dec_1')
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
  it('TE-12 TE-13 TE-14 EXC-13 is JSON that nobody stores', () => {
    for (const { headers } of answers) expect(headers).toMatchObject(NO_STORE)
  })

  it('EXC-12 has no header for browsers of other sites, and sets no cookie', () => {
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
  it('TE-22 TE-37 TE-38 TE-39 is 200 with its type, scope and life', () => {
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

describe('a token that was asked for as a JWT', () => {
  it('TE-39 is called one', () => {
    const type = 'urn:ietf:params:oauth:token-type:jwt'
    expect(answerAs(type).body).toMatchObject({ issued_token_type: type })
  })
})

/** The denials whose sentence ends with the name at fault, and with nothing else of theirs. */
const NAMING: readonly DenialReason[] = [
  'parameter_repeated',
  'parameter_missing',
  'parameter_invalid',
  'parameter_unsupported',
  'token_type_unsupported',
  'client_authentication_unsupported',
  'nothing_to_revoke',
]

describe('a denial', () => {
  it.each(REASONS)('TE-11 TE-15 is the row of the table without the facts: %s', (reason) => {
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

  it('EXC-10 never says its reason, and links to no page about it', () => {
    for (const reason of REASONS) {
      const { body } = renderDenial(SAMPLES[reason], 'dec_1')
      expect(JSON.stringify({ ...body, error: '' })).not.toContain(reason)
      expect(body).not.toHaveProperty('error_uri')
    }
  })

  it('EXC-06 says the least lifetime where a lifetime is invalid', () => {
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

  it('names the parameter at fault or why nothing was revoked, and never a claim', () => {
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

  it('EXC-10 says the same before the signature has held, whatever was wrong', () => {
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

  it('tells a caller whom no rule explains anything how to find out', () => {
    expect(renderDenial(SAMPLES.no_rule_matched, 'dec_1').body).toMatchObject({
      decision_id: 'dec_1',
      error_description: expect.stringMatching(/decision_id.*administrator/),
    })
  })

  it('TE-16 TE-17 says of a secret that it must be removed', () => {
    for (const reason of [
      'client_authentication_refused',
      'client_authentication_unsupported',
    ] as const) {
      expect(DENIALS[reason].description).toMatch(/remove/)
    }
  })

  it('EXC-10 says the same of every rule that does not allow', () => {
    const refused: readonly DenialReason[] = [
      'no_rule_matched',
      'rule_denied',
      'template_unrenderable',
    ]
    const said = new Set(refused.map((reason) => JSON.stringify(renderDenial(SAMPLES[reason]))))
    expect(said.size).toBe(1)
  })

  it('carries the explanation when there is one, and no empty one', () => {
    const trace = [{ rule: 'deploy', outcome: 'expired', conditions: [] }] as const
    expect(renderDenial({ reason: 'no_rule_matched', trace }).body).toMatchObject({
      explanation: trace,
    })
    const { body } = renderDenial({ reason: 'no_rule_matched', trace: [] })
    expect(body).not.toHaveProperty('explanation')
    expect(body).not.toHaveProperty('decision_id')
  })

  it('TE-17 is challenged when it is 401, and only then', () => {
    const challenges = Object.fromEntries(
      REASONS.map((reason) => renderDenial(SAMPLES[reason]))
        .filter(({ headers }) => 'www-authenticate' in headers)
        .map(({ status, body, headers }) => [
          'error' in body ? body.error : '',
          `${status} ${headers['www-authenticate']}`,
        ]),
    )
    expect(challenges).toEqual({
      invalid_client: '401 Token-Exchange error="invalid_client"',
      invalid_token: '401 Bearer error="invalid_token"',
    })
    const silent = REASONS.map((reason) => renderDenial(SAMPLES[reason])).filter(
      ({ status, headers }) => status === 401 && !('www-authenticate' in headers),
    )
    expect(silent).toEqual([])
  })
})

describe('an outage', () => {
  it('is 503, says when to return and not what is down', () => {
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
