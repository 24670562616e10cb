/** The device flow of the dev issuer's people (RFC 8628). */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBrowser } from '../../support/browser.ts'
import { type Client, DEVICE_CODE, startClient } from './support.ts'

let clock = Math.floor(Date.now() / 1000)
let client: Client
beforeAll(async () => {
  client = await startClient(() => clock)
})
afterAll(() => client.dev.close())

type Started = Readonly<Record<'device_code' | 'user_code' | 'verification_uri', string>> & {
  readonly verification_uri_complete: string
}

async function start(scope = 'openid'): Promise<Started> {
  const response = await client.post('/device_authorization', { client_id: 'edgemint', scope })
  return (await response.json()) as Started
}

const poll = (device: Started) =>
  client.token({ grant_type: DEVICE_CODE, device_code: device.device_code })

async function choose(url: string, values: Readonly<Record<string, string>>) {
  const browser = createBrowser()
  return browser.submit(await browser.open(url), values)
}

describe('a device', () => {
  it('shows a code, and gets tokens after its person has chosen', async () => {
    const device = await start('openid email offline_access')
    expect(device).toMatchObject({
      user_code: expect.stringMatching(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/),
      verification_uri: `${client.issuer}/device`,
      expires_in: 600,
      interval: 1,
    })
    const page = await choose(device.verification_uri_complete, { person: 'grace' })
    expect(page.text).toContain('The device is signed in')
    const answer = await poll(device)
    expect(answer).toMatchObject({ status: 200, refresh_token: expect.any(String) })
    expect(decodeJwt(String(answer.id_token))).toMatchObject({
      sub: 'grace',
      email: 'grace@example.com',
    })
    // The code is used up.
    expect(await poll(device)).toMatchObject({ error: 'invalid_grant' })
  })

  it('waits for the person, and must slow down if it asks too fast', async () => {
    const device = await start()
    expect(await poll(device)).toMatchObject({ status: 400, error: 'authorization_pending' })
    expect(await poll(device)).toMatchObject({ status: 400, error: 'slow_down' })
    // The interval is six seconds now.
    clock += 5
    expect(await poll(device)).toMatchObject({ status: 400, error: 'slow_down' })
    clock += 11
    expect(await poll(device)).toMatchObject({ status: 400, error: 'authorization_pending' })
  })

  it('is told if the person refuses', async () => {
    const device = await start()
    const page = await choose(device.verification_uri_complete, { deny: 'yes' })
    expect(page.text).toContain('The device gets nothing')
    expect(await poll(device)).toMatchObject({ error: 'access_denied' })
  })

  it('has ten minutes', async () => {
    const device = await start()
    clock += 600
    expect(await poll(device)).toMatchObject({ error: 'expired_token' })
    const page = await createBrowser().open(device.verification_uri_complete)
    expect(page.status).toBe(400)
  })

  it('is found by a code that is typed in any form', async () => {
    const device = await start()
    const browser = createBrowser()
    const typed = device.user_code.toLowerCase().replace('-', ' ')
    const form = await browser.open(device.verification_uri)
    const page = await browser.submit(form, { user_code: typed })
    // The person can compare the code.
    expect(page.text).toContain(device.user_code)
    expect((await browser.submit(page, { person: 'ada' })).text).toContain('signed in')
  })

  it('is refused for another client, and without openid', async () => {
    const other = await client.post('/device_authorization', { client_id: 'x', scope: 'openid' })
    expect([other.status, await other.json()]).toMatchObject([401, { error: 'invalid_client' }])
    const none = await client.post('/device_authorization', { client_id: 'edgemint' })
    expect([none.status, await none.json()]).toMatchObject([400, { error: 'invalid_scope' }])
  })

  it('escapes what is typed', async () => {
    const url = `${client.issuer}/device?user_code=${encodeURIComponent('"><script>')}`
    expect((await createBrowser().open(url)).text).not.toContain('<script>')
  })
})
