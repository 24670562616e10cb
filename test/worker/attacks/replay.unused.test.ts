import { beforeAll, describe, expect, inject, it } from 'vitest'
import { judge, reasonOf, watchLog } from '../support/attack.ts'
import { applyTrust, exchangeForm, runWith } from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'
import { API } from '../support/trust.ts'

const [RSA, LONG, BARE, DENIED] = ['rsa', 'long', 'bare', 'denied'].map(
  (name) => `https://${name}.test`,
) as [string, string, string, string]
const log = watchLog()
let issuer: TestIssuer

const rule = (name: string, resource: string, grant: object = {}) => ({
  name,
  owner: 'platform@example.com',
  expires: '2099-12-31',
  from: 'ci',
  when: { sub: 'job:1' },
  grant: { resource, scopes: ['read'], replay: 'once', ...grant },
})

beforeAll(async () => {
  issuer = await quickIssuer()
  const resource = { scopes: ['read', 'write'] }
  await applyTrust({
    version: 1,
    issuers: { ci: { provider: 'generic-oidc', issuer: issuer.url } },
    resources: {
      [API]: resource,
      // The key ring of the tests has only ES256.
      [RSA]: { ...resource, algorithm: 'RS256' },
      [LONG]: resource,
      [BARE]: resource,
      [DENIED]: resource,
    },
    rules: [
      rule('api', API),
      rule('rsa', RSA),
      rule('long', LONG, { subject: 'ci:{branch}' }),
      rule('bare', BARE, { claims: { team: 't:{absent}' } }),
    ],
  })
})

const mint = () =>
  issuer.mint({
    provider: 'generic-oidc',
    algorithm: 'ES256',
    claims: { sub: 'job:1', branch: 'b'.repeat(300) },
  })

type Change = Readonly<Record<string, string>>

describe('a single-use token after a failed exchange', () => {
  const rows: readonly (readonly [outcome: string, change: Change])[] = [
    ['unavailable', { resource: RSA }],
    ['template_unrenderable', { resource: LONG }],
    ['template_unrenderable', { resource: BARE }],
    ['no_rule_matched', { resource: DENIED }],
    ['resource_unknown', { resource: 'https://nobody.test' }],
    ['scope_not_granted', { scope: 'write' }],
    ['no_rule_matched', { rule: 'rsa' }],
    ['parameter_invalid', { expires_in: '9' }],
  ]
  it.each(rows)('REP-01 can still be used: %s for %j', async (outcome, change) => {
    const token = await mint()
    expect(await judge(log, token, change)).toBe(outcome)
    expect(await judge(log, token, change)).toBe(outcome)
    expect(await judge(log, token)).toBe('granted')
    expect(await judge(log, token)).toBe('token_used')
  })

  it('REP-01 can still be used when no signing key was active', async () => {
    const token = await mint()
    const key = JSON.parse(inject('signingKey')) as object
    const later = JSON.stringify({ ...key, activates_at: '2099-01-01T00:00:00Z' })
    const idle = runWith({ SIGNING_KEY_TEST: later } as object)
    const body = new URLSearchParams(exchangeForm(token))
    const response = await idle.send('/token', { method: 'POST', body })
    expect(response.status).toBe(503)
    expect(await reasonOf(log, response)).toBe('unavailable')
    expect(await judge(log, token)).toBe('granted')
  })

  it('REP-01 is used only by the exchange that succeeds, however many fail at the same time', async () => {
    const token = await mint()
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        judge(log, token, { resource: [API, RSA, LONG][index % 3] ?? API }),
      ),
    )
    expect(outcomes.filter((outcome) => outcome === 'granted')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'token_used')).toHaveLength(9)
  })
})

describe('the log and the answer for a template that does not render', () => {
  it('name the template, the claim and the length, and no value', async () => {
    const token = await mint()
    await judge(log, token, { resource: LONG })
    expect(log.lines().at(-1)).toMatchObject({
      reason: 'template_unrenderable',
      fault: 'subject',
      rule: 'long',
      resource: LONG,
      template: {
        template: 'subject',
        claim: 'branch',
        cause: 'result_too_long',
        length: 303,
        limit: 255,
      },
    })
    expect(JSON.stringify(log.lines())).not.toContain('bbbb')
  })
})
