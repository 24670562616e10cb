import { beforeAll, describe, expect, it } from 'vitest'
import { applyTrust, exchange, readJson } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

const issuer = newIssuer()

beforeAll(async () => {
  const base = trustFor(issuer.url)
  const never = {
    name: 'never-self-hosted',
    effect: 'deny',
    from: 'github',
    when: { runner_environment: 'self-hosted' },
  }
  await applyTrust({ ...base, rules: [...base.rules, never] })
})

type Change = Readonly<Record<string, string | undefined>>

describe('a bad request to /token', () => {
  const rows: readonly (readonly [string, Change, string])[] = [
    ['without grant_type', { grant_type: undefined }, 'invalid_request'],
    ['TE with another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['without subject_token', { subject_token: undefined }, 'invalid_request'],
    ['with an empty subject_token', { subject_token: '' }, 'invalid_request'],
    ['without subject_token_type', { subject_token_type: undefined }, 'invalid_request'],
    ['with an unknown subject_token_type', { subject_token_type: 'urn:x' }, 'invalid_request'],
    ['with a relative resource', { resource: 'deployments' }, 'invalid_target'],
    ['with an unknown resource', { resource: 'https://other.test' }, 'invalid_target'],
    ['with a scope the rule lacks', { scope: 'deploy:admin' }, 'invalid_scope'],
    ['with a malformed scope', { scope: 'a  b"' }, 'invalid_scope'],
    ['with an actor token', { actor_token: 'x', actor_token_type: 'urn:x' }, 'invalid_request'],
    ['with a client secret', { client_id: 'me', client_secret: 'x' }, 'invalid_client'],
  ]
  it.each(rows)('%s is refused', async (_, change, error) => {
    const response = await exchange(await issuer.mint(), change)
    expect(response.status).toBe(400)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const body = await readJson(response)
    expect(body).toMatchObject({ error, decision_id: expect.stringMatching(/^dec_/) })
    expect(body).not.toHaveProperty('access_token')
  })
})

describe('a refusal', () => {
  it('AV-36 explains each condition to a job of the tenant', async () => {
    const response = await exchange(await issuer.mint({ claims: { ref: 'refs/heads/feature' } }))
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject({
      error: 'invalid_request',
      explanation: [
        {
          rule: 'deploy',
          conditions: expect.arrayContaining([
            {
              claim: 'ref',
              holds: false,
              expected: '"refs/heads/main"',
              presented: '"refs/heads/feature"',
            },
          ]),
        },
      ],
    })
  })

  it('of a deny rule wins over a rule that allows', async () => {
    const claims = { runner_environment: 'self-hosted' }
    const response = await exchange(await issuer.mint({ claims }))
    expect(response.status).toBe(400)
  })
})
