/** The end of a session, and the hosts at which there is none. */
import { beforeAll, describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../../src/contract/problems/problems.ts'
import { SESSION_COOKIE } from '../../../src/worker/console/cookies.ts'
import type { Env } from '../../../src/worker/env.ts'
import { CONSOLE, policyOfPeople, runConsole, startConsole } from '../support/console.ts'
import { bearer, readJson } from '../support/gateway.ts'

let gateway: Awaited<ReturnType<typeof startConsole>>

beforeAll(async () => {
  gateway = await startConsole()
})

const OWN = { origin: CONSOLE, 'sec-fetch-site': 'same-origin' }
const session = (token: string) => ({ cookie: `${SESSION_COOKIE}=${token}` })
const CLEARED = '__Host-edgemint=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict'

describe('the end of a session', () => {
  it('revokes its token everywhere and removes its cookie', async () => {
    const browser = gateway.openBrowser()
    await browser.signIn()
    const token = browser.session() ?? ''
    expect((await gateway.send('/admin/v1/keys', { headers: bearer(token) })).status).toBe(200)
    const response = await browser.asPage('/console/logout', { method: 'POST' })
    expect(response.status).toBe(204)
    expect(response.headers.getSetCookie()).toEqual([CLEARED])
    expect((await gateway.send('/admin/v1/keys', { headers: bearer(token) })).status).toBe(401)
    const headers = { ...OWN, ...session(token) }
    expect((await gateway.send('/console/session', { headers })).status).toBe(401)
  })

  it('removes its cookie although the revocation log is down, and says that the token lives', async () => {
    const browser = gateway.openBrowser()
    await browser.signIn()
    const down = {
      getByName: () => {
        throw new Error('down')
      },
    }
    const broken = runConsole({ REVOCATION_LOG: down as unknown as Env['REVOCATION_LOG'] })
    const headers = { ...OWN, ...session(browser.session() ?? '') }
    const response = await broken.send('/console/logout', { method: 'POST', headers })
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, [CLEARED]])
    expect(await readJson(response)).toMatchObject({
      type: PROBLEMS.unavailable.type,
      detail: expect.stringContaining('is not revoked'),
    })
  })

  it('CON-08 removes the cookie of a session that the policy has ended', async () => {
    const browser = gateway.openBrowser()
    await browser.signIn()
    const { rules, ...policy } = JSON.parse(policyOfPeople()) as { rules: object[] }
    const narrower = { ...policy, rules: rules.slice(1) }
    const other = runConsole({ BOOTSTRAP_TRUST: JSON.stringify(narrower) })
    const headers = { ...OWN, ...session(browser.session() ?? '') }
    const response = await other.send('/console/logout', { method: 'POST', headers })
    expect([response.status, response.headers.getSetCookie()]).toEqual([401, [CLEARED]])
  })

  it('is not caused by a page of another origin', async () => {
    const browser = gateway.openBrowser()
    await browser.signIn()
    const headers = { origin: 'https://evil.test' }
    const response = await browser.ask('/console/logout', { method: 'POST', headers })
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []])
    expect((await browser.asPage('/console/session')).status).toBe(200)
  })
})

describe('a session', () => {
  it('ADM-10 is not accepted at a name that a page has bound to this gateway', async () => {
    const browser = gateway.openBrowser()
    await browser.signIn()
    for (const path of ['/console/', '/console/session', '/console/api/v1/trust']) {
      const response = await browser.ask(path, { headers: { host: 'evil.test' } })
      expect(response.status).toBe(421)
    }
  })

  it('ends when the subject of the person is revoked', async () => {
    const browser = gateway.openBrowser()
    await browser.signIn('grace')
    const { subject } = await readJson(await browser.asPage('/console/session'))
    const owner = gateway.openBrowser()
    await owner.signIn()
    const revoked = await owner.asPage('/console/api/v1/revocations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ subject, reason: 'left the company' }),
    })
    expect(revoked.status).toBe(200)
    expect((await browser.asPage('/console/session')).status).toBe(401)
  })
})
