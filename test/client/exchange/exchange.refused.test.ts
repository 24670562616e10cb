import { expect, test } from 'vitest'
import { exchange } from '../../../src/client/index.ts'
import { failureOf } from '../support/failure.ts'
import { GRANTED, startGateway } from '../support/gateway.ts'

const gateway = await startGateway()
const options = {
  url: gateway.url,
  subjectToken: 'subject.token.text',
  resource: 'https://api.example.com',
}

const EXPLANATION = [
  {
    rule: 'deploy-api-from-main',
    outcome: 'condition_failed',
    conditions: [
      { claim: 'ref', holds: false, expected: '"refs/heads/main"', presented: '"refs/heads/x"' },
      { claim: 'environment', holds: false, expected: '"production"', presented: null },
    ],
  },
]

test('reports the gateway’s description, decision and explanation of a refusal', async () => {
  gateway.answerJson(400, {
    error: 'invalid_request',
    error_description: 'no rule allows this',
    decision_id: 'dec_2',
    explanation: EXPLANATION,
  })
  const failure = await failureOf(exchange(options))
  expect(failure).toMatchObject({
    code: 'invalid_request',
    status: 400,
    description: 'no rule allows this',
    decisionId: 'dec_2',
    explanation: EXPLANATION,
    retryAfterSeconds: undefined,
    message: 'no rule allows this (invalid_request)',
  })
})

test('reports the template that cannot be rendered, and leaves out a malformed one', async () => {
  const template = {
    template: 'subject',
    claim: 'ref',
    cause: 'result_too_long',
    length: 271,
    limit: 255,
  }
  const rule = { rule: 'deploy', outcome: 'template_unrenderable', conditions: [] }
  const explanation = [
    { ...rule, template },
    { ...rule, template: { template: 'claims.team', cause: 'absent', claim: 7, length: 'x' } },
    { ...rule, template: { template: 'subject', cause: 'constructor' } },
    { ...rule, template: 'subject' },
  ]
  gateway.answerJson(400, { error: 'invalid_request', explanation })
  expect((await failureOf(exchange(options))).explanation).toEqual([
    { ...rule, template },
    { ...rule, template: { template: 'claims.team', cause: 'absent' } },
    rule,
    rule,
  ])
})

test('reports the Retry-After of an unavailable gateway', async () => {
  gateway.answerJson(503, { error: 'temporarily_unavailable' }, { 'retry-after': '5' })
  const failure = await failureOf(exchange(options))
  expect(failure).toMatchObject({ code: 'temporarily_unavailable', retryAfterSeconds: 5 })
})

test('reports the refusal without a malformed explanation', async () => {
  const explanation = [{ rule: 1 }, { rule: 'a', outcome: 'expired', conditions: ['x'] }]
  gateway.answerJson(400, { error: 'invalid_scope', explanation, decision_id: 7 })
  const failure = await failureOf(exchange(options))
  expect(failure.code).toBe('invalid_scope')
  expect(failure.decisionId).toBeUndefined()
  expect(failure.explanation).toEqual([{ rule: 'a', outcome: 'expired', conditions: [] }])
})

test.each<[string, number, unknown]>([
  ['a refusal with an unknown code', 400, { error: 'sorry' }],
  ['a refusal with the name of an inherited member as its code', 400, { error: 'constructor' }],
  ['a refusal without a code', 500, {}],
  ['a list', 400, []],
  ['no token', 200, { ...GRANTED, access_token: undefined }],
  ['a token that contains a line end', 200, { ...GRANTED, access_token: 'a\r\nb' }],
  ['a token that is not a bearer token', 200, { ...GRANTED, token_type: 'DPoP' }],
  ['a lifetime that is a string', 200, { ...GRANTED, expires_in: '600' }],
  ['a lifetime of 0', 200, { ...GRANTED, expires_in: 0 }],
  ['no scope', 200, { ...GRANTED, scope: undefined }],
  ['no issued token type', 200, { ...GRANTED, issued_token_type: undefined }],
  ['no decision', 200, { ...GRANTED, decision_id: undefined }],
  ['another success status', 201, GRANTED],
])('does not accept %s as an answer of a gateway', async (_name, status, body) => {
  gateway.answerJson(status, body)
  const failure = await failureOf(exchange(options))
  expect(failure).toMatchObject({ code: 'invalid_response', status })
})

test('an error contains neither the subject token nor the issued token', async () => {
  gateway.answerJson(200, { ...GRANTED, expires_in: -1 })
  const failure = await failureOf(exchange(options))
  const text = `${failure.stack} ${JSON.stringify(failure)} ${String(failure.cause)}`
  expect(text).not.toContain('subject.token.text')
  expect(text).not.toContain(GRANTED.access_token)
})
