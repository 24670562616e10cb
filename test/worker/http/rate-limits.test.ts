import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { STORE_TIMEOUT_MILLISECONDS } from '../../../src/core/limits.ts'
import type { Env } from '../../../src/worker/env.ts'
import worker from '../../../src/worker/index.ts'
import { shortenDeadlines } from '../support/deadlines.ts'
import { applyTrust, deployment, exchangeForm, GATEWAY } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

const issuer = newIssuer()
beforeAll(() => applyTrust(trustFor(issuer.url)))
// The counters restart with each minute of the clock, which must not happen within a test.
beforeAll(async () => {
  const left = 60_000 - (Date.now() % 60_000)
  if (left < 6000) await new Promise((resolve) => setTimeout(resolve, left + 50))
})

/** Limiters that fail or never answer. */
const BROKEN = {
  fails: { limit: () => Promise.reject(new Error('down')) },
  hangs: { limit: () => new Promise<never>(() => undefined) },
} as const satisfies Record<string, RateLimit>

let count = 0
/** An address that no other test uses. */
const newAddress = () => {
  count += 1
  return `198.51.100.${count}`
}

async function ask(
  limits: Partial<Env>,
  token: string,
  options: { readonly address?: string; readonly path?: string } = {},
): Promise<Response> {
  const { address, path = '/token' } = options
  const headers = address === undefined ? {} : { 'cf-connecting-ip': address }
  const request = new Request(`${GATEWAY}${path}`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(exchangeForm(token)),
    ...(address === undefined ? {} : { cf: { country: 'DE' } }),
  })
  return worker.fetch(request, { ...deployment(), ...limits }, createExecutionContext())
}

const BY_ADDRESS = { RATE_LIMIT_ADDRESS: env.FIVE_A_MINUTE }
const BY_SUBJECT = { RATE_LIMIT_SUBJECT: env.FIVE_SUBJECTS_A_MINUTE }

async function statuses(times: number, send: (time: number) => Promise<Response>) {
  const found: number[] = []
  for (let time = 0; time < times; time += 1) found.push((await send(time)).status)
  return found
}

describe('the limit by address', () => {
  it('EXC-14 AD-08 AD-10 refuses the sixth request of a minute, whatever it contains, with Retry-After', async () => {
    const address = newAddress()
    const send = () => ask(BY_ADDRESS, 'x.y.z', { address })
    expect(await statuses(5, send)).toEqual([400, 400, 400, 400, 400])
    const response = await send()
    expect(response.status).toBe(429)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'retry-after': '60',
      ratelimit: '"address";r=0;t=60',
      'cache-control': 'no-store',
    })
    expect(await response.json()).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'too many requests, try again later',
    })
    expect((await ask(BY_ADDRESS, 'x.y.z', { address: newAddress() })).status).toBe(400)
  })

  it.each(['/token', '/introspect', '/revoke'])(
    'TE-19 refuses the sixth client secret of a minute at %s',
    async (path) => {
      const address = newAddress()
      const guess = async (time: number) =>
        worker.fetch(
          new Request(`${GATEWAY}${path}`, {
            method: 'POST',
            headers: {
              authorization: `Basic ${btoa(`client:secret-${time}`)}`,
              'cf-connecting-ip': address,
            },
            body: new URLSearchParams({ ...exchangeForm('x.y.z'), token: 'x' }),
            cf: { country: 'DE' },
          }),
          { ...deployment(), ...BY_ADDRESS },
          createExecutionContext(),
        )
      expect(await statuses(6, guess)).toEqual([401, 401, 401, 401, 401, 429])
    },
  )

  it('EXC-14 AD-09 sends RateLimit-Policy if the deployment sets it', async () => {
    const address = newAddress()
    const told = { RATE_LIMIT_ADDRESS_POLICY: '5/60', RATE_LIMIT_SUBJECT_POLICY: '9/10' }
    const send = () => ask({ ...BY_ADDRESS, ...told }, 'x.y.z', { address })
    expect(await statuses(5, send)).toEqual([400, 400, 400, 400, 400])
    const response = await send()
    expect(response.headers.get('ratelimit-policy')).toBe('"address";q=5;w=60, "subject";q=9;w=10')
    expect(response.headers.get('ratelimit')).toBe('"address";r=0;t=60')
  })

  it.each([
    ['5/10', '9/60', '10'],
    ['5/60', '9/10', '60'],
    ['5/10', undefined, '10'],
    [undefined, '9/10', '60'],
  ])('EXC-14 tells the wait of its own policy: %s, not %s', async (own, other, seconds) => {
    const address = newAddress()
    const told = {
      ...(own === undefined ? {} : { RATE_LIMIT_ADDRESS_POLICY: own }),
      ...(other === undefined ? {} : { RATE_LIMIT_SUBJECT_POLICY: other }),
    }
    const send = () => ask({ ...BY_ADDRESS, ...told }, 'x.y.z', { address })
    await statuses(5, send)
    const { headers } = await send()
    expect(headers.get('retry-after')).toBe(seconds)
    expect(headers.get('ratelimit')).toBe(`"address";r=0;t=${seconds}`)
  })

  it.each(['5', '0/60', '5/30', '5/60s', 'many'])(
    'EXC-14 refuses the policy %s: nothing is issued until it is valid',
    async (policy) => {
      const limits = { RATE_LIMIT_ADDRESS_POLICY: policy }
      expect((await ask(limits, await issuer.mint())).status).toBe(503)
    },
  )

  it('EXC-14 RULE-24 does not count by X-Forwarded-For', async () => {
    const address = newAddress()
    const [liar, victim] = [newAddress(), newAddress()]
    const send = async (from: string, forwarded: string) =>
      worker.fetch(
        new Request(`${GATEWAY}/token`, {
          method: 'POST',
          headers: {
            'cf-connecting-ip': from,
            'x-forwarded-for': forwarded,
            'x-real-ip': forwarded,
            forwarded: `for=${forwarded}`,
            'true-client-ip': forwarded,
          },
          body: 'x',
          cf: { country: 'DE' },
        }),
        { ...deployment(), ...BY_ADDRESS },
        createExecutionContext(),
      )
    // The headers name another address each time. The platform's address is counted.
    expect((await statuses(6, (time) => send(address, `203.0.113.${time}`))).at(-1)).toBe(429)
    // A caller cannot use up the limit of another address by naming it.
    await statuses(6, () => send(liar, victim))
    expect((await send(victim, '203.0.113.9')).status).not.toBe(429)
  })

  it('EXC-14 counts token, introspection and revocation together', async () => {
    const address = newAddress()
    const paths = ['/token', '/introspect', '/revoke', '/token', '/introspect', '/revoke']
    const found = await statuses(6, (time) =>
      ask(BY_ADDRESS, 'x', { address, path: paths[time] ?? '' }),
    )
    expect(found.at(-1)).toBe(429)
    expect(found.slice(0, 5)).not.toContain(429)
  })

  it('EXC-14 counts a /64 of IPv6 as one', async () => {
    const inside = (time: number) => ask(BY_ADDRESS, 'x', { address: `2001:db8:0:7::${time + 1}` })
    expect((await statuses(6, inside)).at(-1)).toBe(429)
    expect((await ask(BY_ADDRESS, 'x', { address: '2001:db8:0:8::1' })).status).toBe(400)
    expect((await ask(BY_ADDRESS, 'x', { address: '2001:0db8::7:1:2:3:4' })).status).toBe(429)
  })

  it('RULE-24 trusts only the address from the platform', async () => {
    const send = async () =>
      worker.fetch(
        new Request(`${GATEWAY}/token`, {
          method: 'POST',
          headers: { 'cf-connecting-ip': '192.0.2.1', 'x-forwarded-for': '192.0.2.1' },
          body: 'x',
        }),
        { ...deployment(), ...BY_ADDRESS },
        createExecutionContext(),
      )
    expect(await statuses(7, send)).not.toContain(429)
  })

  it('RULE-24 counts all callers of a local gateway as one, whatever their headers say', async () => {
    const local = { ...BY_ADDRESS, LOCAL_GATEWAY: 'true' }
    const found = await statuses(6, (time) =>
      ask(local, 'x', time % 2 === 0 ? {} : { address: newAddress() }),
    )
    expect(found).toEqual([400, 400, 400, 400, 400, 429])
  })

  it('RULE-24 a gateway with an invalid LOCAL_GATEWAY serves no exchange', async () => {
    expect((await ask({ LOCAL_GATEWAY: 'yes' }, await issuer.mint())).status).toBe(503)
  })
})

describe('the limit by subject', () => {
  it('EXC-14 refuses the sixth exchange of one subject, and no other subject', async () => {
    const claims = { sub: `repo:acme/api:ref:refs/heads/${crypto.randomUUID()}` }
    const send = async () => ask(BY_SUBJECT, await issuer.mint({ claims }))
    expect(await statuses(5, send)).toEqual([200, 200, 200, 200, 200])
    const response = await send()
    expect(response.status).toBe(429)
    expect(response.headers.get('ratelimit')).toBe('"subject";r=0;t=60')
    expect(await response.json()).toMatchObject({ decision_id: expect.stringMatching(/^dec_/) })
    const other = { sub: `repo:acme/api:ref:refs/heads/${crypto.randomUUID()}` }
    expect((await ask(BY_SUBJECT, await issuer.mint({ claims: other }))).status).toBe(200)
  })

  it('EXC-14 counts only verified tokens, so that no caller uses up the limit of another subject', async () => {
    const claims = { sub: `repo:acme/api:ref:refs/heads/${crypto.randomUUID()}` }
    const good = await issuer.mint({ claims })
    const [header, payload, signature = ''] = good.split('.')
    const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    expect(await statuses(10, () => ask(BY_SUBJECT, forged))).not.toContain(429)
    expect((await ask(BY_SUBJECT, good)).status).toBe(200)
  })
})

describe('limits that are absent or fail', () => {
  it.each(['fails', 'hangs'] as const)(
    'WRK-03 a limiter that %s lets no request pass',
    { timeout: 90_000 },
    async (how) => {
      const token = await issuer.mint()
      const silence = new Promise<'silence'>((resolve) => {
        setTimeout(resolve, 60_000, 'silence')
      })
      const deadlines = shortenDeadlines()
      const asked = [
        ask({ RATE_LIMIT_SUBJECT: BROKEN[how] }, token),
        ask({ RATE_LIMIT_ADDRESS: BROKEN[how] }, token, { address: newAddress() }),
      ]
      const answers = await Promise.all(asked.map((answer) => Promise.race([answer, silence])))
      expect(answers).toMatchObject([{ status: 503 }, { status: 503 }])
      expect(deadlines.asked).toContain(STORE_TIMEOUT_MILLISECONDS)
    },
  )

  it.each([
    ['none', {}, { address: false, subject: false }],
    ['both', { ...BY_ADDRESS, ...BY_SUBJECT }, { address: true, subject: true }],
  ])('/health lists the limits: %s', async (_, limits, expected) => {
    const request = new Request(`${GATEWAY}/health`)
    const bindings = { ...deployment(), ...limits }
    const response = await worker.fetch(request, bindings, createExecutionContext())
    expect(await response.json()).toMatchObject({ checks: { rate_limits: expected } })
  })
})
