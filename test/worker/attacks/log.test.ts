import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { accessToken, applyTrust, exchange, post } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

const issuer = newIssuer()
const lines: string[] = []

beforeAll(() => applyTrust(trustFor(issuer.url)))
beforeEach(() => {
  lines.length = 0
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
      lines.push(parts.map(String).join(' '))
    })
  }
})
afterEach(() => vi.restoreAllMocks())

const CANARY = 'canary-7f3a'

/** Every answer that a token full of canaries can cause, good and bad. */
async function causeEverything(): Promise<readonly string[]> {
  const claims = {
    sub: `repo:${CANARY}/api:ref:refs/heads/main`,
    actor: CANARY,
    repository: `${CANARY}/api`,
    workflow: CANARY,
    jti: `${CANARY}-${crypto.randomUUID()}`,
  }
  const good = await issuer.mint({ claims })
  const bad = [
    await issuer.mint({ claims: { ...claims, ref: `refs/heads/${CANARY}` } }),
    await issuer.mint({ claims: { ...claims, exp: 1000, iat: 900, nbf: 900 } }),
    await issuer.mint({ claims, audience: `https://${CANARY}.test` }),
    await issuer.mint({ claims, header: { kid: CANARY } }),
    `${good}${CANARY}`,
    CANARY,
  ]
  const issued = await accessToken(good)
  const answers = [...bad.map((token) => exchange(token)), exchange(good)]
  const bodies = await Promise.all(answers.map(async (answer) => (await answer).text()))
  const scope = await exchange(await issuer.mint({ claims: { ...claims, jti: 'x' } }), {
    scope: CANARY,
  })
  const revoked = await post('/revoke', { token: CANARY })
  return [...bodies, await scope.text(), await revoked.text(), good, issued]
}

describe('the log', () => {
  it('LOG-01 WRK-05 holds no token and no claim of a caller, and no answer does', async () => {
    const seen = await causeEverything()
    const [good = '', issued = ''] = seen.slice(-2)
    const bodies = seen.slice(0, -2)
    expect(lines.length).toBeGreaterThan(7)
    const secrets = [CANARY, ...good.split('.').slice(1), ...issued.split('.').slice(1)]
    for (const text of lines) for (const secret of secrets) expect(text).not.toContain(secret)
    for (const body of bodies) {
      for (const secret of secrets.slice(1)) expect(body).not.toContain(secret)
      expect(body).not.toMatch(/\bat .*\.[jt]s:\d+/)
    }
  })

  it('LOG-02 is one JSON object a line, whatever a caller sends', async () => {
    const hostile = '\u001b[2J\r\n{"event":"forged"}\u202e\u2028'
    await exchange(await issuer.mint({ claims: { sub: hostile, actor: hostile } }))
    await exchange(await issuer.mint({ claims: { ref: hostile } }))
    await exchange('x.y.z', { scope: 'a', rule: 'nobody' })
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines) {
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      expect(JSON.parse(line)).toMatchObject({ event: expect.not.stringMatching('forged') })
    }
  })

  it('LOG-03 has no value in it that a flood of callers could make many of', async () => {
    for (let index = 0; index < 30; index += 1) {
      const header = { kid: `kid-${index}` }
      await exchange(await issuer.mint({ header, claims: { sub: `sub-${index}` } }))
      await exchange(await issuer.mint({ claims: { repository_id: `${index}` } }))
    }
    const decisions = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ event }) => event === 'decision')
    expect(decisions.length).toBeGreaterThanOrEqual(60)
    for (const label of ['outcome', 'reason', 'issuer', 'rule', 'resource', 'fault']) {
      const values = new Set(decisions.map((decision) => decision[label]))
      expect(values.size, label).toBeLessThan(5)
    }
  })
})
