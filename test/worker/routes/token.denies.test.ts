import { beforeAll, describe, expect, it } from 'vitest'
import {
  applyTrust,
  bearer,
  exchange,
  exchangeForm,
  post,
  readJson,
  send,
} from '../support/gateway.ts'
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
    ['with a type we do not take', { subject_token_type: 'urn:x' }, 'invalid_request'],
    ['without a resource', { resource: undefined }, 'invalid_target'],
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

  it('EXC with a repeated parameter is refused', async () => {
    const form = [
      ...Object.entries(exchangeForm(await issuer.mint())),
      ['scope', 'a'],
      ['scope', 'b'],
    ]
    const response = await post('/token', form as [string, string][])
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject({ error: 'invalid_request' })
  })

  it.each([
    ['application/json', 415],
    ['multipart/form-data; boundary=x', 415],
    ['', 415],
  ])('with content type %j is refused', async (type, status) => {
    const body = new URLSearchParams(exchangeForm(await issuer.mint())).toString()
    const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
    const response = await send('/token', {
      method: 'POST',
      headers,
      body: new TextEncoder().encode(body),
    })
    expect(response.status).toBe(status)
  })

  it('EXC-15 with an oversized body is refused while reading, whatever its length header says', async () => {
    const chunk = new TextEncoder().encode(`a=${'x'.repeat(1000)}&`)
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1
        if (sent > 1000) controller.close()
        else controller.enqueue(chunk)
      },
    })
    const response = await send('/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    })
    expect(response.status).toBe(413)
    expect(sent).toBeLessThan(200)
  })

  it('with client authentication in a header is 401, as RFC 6749 §5.2 says', async () => {
    const headers = { authorization: `Basic ${btoa('me:secret')}` }
    const response = await post('/token', exchangeForm(await issuer.mint()), headers)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).not.toBeNull()
  })

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('by %s is 405', async (method) => {
    const response = await send('/token', { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it.each(['/Token', '/token/', '//token', '/%74oken', '/token/..', '/./token2'])(
    'EXC-16 at %s is not found: there is one spelling',
    async (path) => {
      const response = await post(path, exchangeForm(await issuer.mint()))
      expect(response.status).toBe(404)
    },
  )
})

describe('a refusal', () => {
  it('explains itself to a job of the tenant, condition by condition', async () => {
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

  it('EXC-10 is the same for everybody else, byte for byte, whatever was wrong', async () => {
    const strangers = [
      { repository_owner_id: '666', repository_id: '666' },
      { repository_owner_id: '666', repository_id: '456789012' },
      { repository_owner_id: '666', ref: 'refs/heads/other', environment: null },
    ]
    const bodies: string[] = []
    for (const claims of strangers) {
      const body = await readJson(await exchange(await issuer.mint({ claims })))
      expect(body).not.toHaveProperty('explanation')
      bodies.push(JSON.stringify({ ...body, decision_id: '' }))
    }
    expect(new Set(bodies).size).toBe(1)
  })

  it('of a deny rule wins over a rule that allows', async () => {
    const claims = { runner_environment: 'self-hosted' }
    const response = await exchange(await issuer.mint({ claims }))
    expect(response.status).toBe(400)
  })

  it('repeats nothing that the caller sent', async () => {
    const canary = 'canary-4f1c2d3e'
    const form = exchangeForm(await issuer.mint(), { scope: canary, resource: `https://${canary}` })
    const text = await (await post('/token', form, bearer(canary))).text()
    expect(text).not.toContain(canary)
  })

  it('NET-01 of a token from an unknown issuer asks nobody', async () => {
    const stranger = newIssuer()
    const response = await exchange(await stranger.mint())
    expect(await readJson(response)).toMatchObject({ error: 'invalid_request' })
    expect(await stranger.requests()).toEqual({ discovery: 0, jwks: 0 })
  })
})
