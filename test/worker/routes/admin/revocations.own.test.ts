/** Whether a revocation would end the caller's own admin token: `own_token`, and what needs `confirm`. */
import { beforeAll, describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../../../src/contract/problems/problems.ts'
import type { RevocableToken } from '../../../../src/protocol/revocations.ts'
import type { Named } from '../../../../src/worker/routes/admin/revocations/count-live.ts'
import { endsOwn } from '../../../../src/worker/routes/admin/revocations/ends-own.ts'
import { adminToken, applyTrust, bearer, readJson, send } from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

const AT = 1_800_000_000
const CALLER: RevocableToken = {
  jti: 'own',
  sub: 'admin:me',
  client_id: 'administer',
  iat: AT,
  kid: 'k2',
  origin: { iss: 'https://issuer.example.com', sub: 'job' },
  anc: [{ jti: 'parent', aud: 'https://sts.test', client_id: 'former', iat: AT - 60, kid: 'k1' }],
}

describe('the token of the caller', () => {
  const ended: readonly Named[] = [
    ['token', 'own'],
    ['token', 'parent'],
    ['subject', 'admin:me'],
    ['subject', 'job'],
    ['rule', 'administer'],
    ['rule', 'former'],
    ['issuer', 'https://issuer.example.com'],
    ['key', 'k1'],
    ['key', 'k2'],
    ['all', '*'],
  ]
  it.each(ended)('ends with the %s %s', (...named) => {
    expect(endsOwn(CALLER, named)).toBe(true)
  })

  const others: readonly Named[] = [
    ['token', 'other'],
    ['subject', 'administer'],
    ['rule', 'other'],
    ['issuer', 'job'],
    ['key', 'k3'],
  ]
  it.each(others)('does not end with the %s %s', (...named) => {
    expect(endsOwn(CALLER, named)).toBe(false)
  })

  it('ends with any key if its own is not known', () => {
    expect(endsOwn({ ...CALLER, kid: undefined }, ['key', 'k3'])).toBe(true)
  })

  it.each([
    ['rule', 'administer', AT + 1, true],
    ['rule', 'administer', AT, false],
    ['rule', 'former', AT, true],
    ['rule', 'former', AT - 60, false],
    ['all', '*', AT - 60, false],
  ] as const)('ends with the %s %s before %d: %s', (grain, id, before, isEnded) => {
    expect(endsOwn(CALLER, [grain, id], before)).toBe(isEnded)
  })
})

describe('POST /admin/v1/revocations', () => {
  const EARLY = Math.floor(Date.now() / 1000) - 3600
  let token = ''

  beforeAll(async () => {
    await applyTrust(trustFor(newIssuer().url))
    token = await adminToken()
  })

  async function ask(body: object) {
    const headers = { 'content-type': 'application/json', ...bearer(token) }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    return readJson(await send('/admin/v1/revocations', init))
  }

  it('says in a dry run that the named token is that of the caller', async () => {
    const other = await adminToken()
    expect(await ask({ token, dry_run: true })).toMatchObject({ own_token: true })
    expect(await ask({ token: other, dry_run: true })).toMatchObject({ own_token: false })
  })

  it('asks for a confirmation only if the token of the caller would end, or everything', async () => {
    const rule = 'administer'
    const missing = { type: PROBLEMS.confirmationMissing.type }
    expect(await ask({ rule, reason: 'x' })).toMatchObject(missing)
    expect(await ask({ rule, before: EARLY, dry_run: true })).toMatchObject({ own_token: false })
    expect(await ask({ all: true, before: EARLY, reason: 'x' })).toMatchObject(missing)
    expect(await ask({ rule, before: EARLY, reason: 'x' })).toMatchObject({
      grain: 'rule',
      issued_before: EARLY,
    })
    expect(await ask({ token, dry_run: true })).toMatchObject({ own_token: true })
  })
})
