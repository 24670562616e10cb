/** `edgemint login` with the browser of this machine. */
import { statSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { closedPort } from '../../support/closed-port.ts'
import { AUTHORIZE, chooseAt, NORMAL, type PeopleWorld, startPeopleWorld } from './support.ts'

let world: PeopleWorld
beforeAll(async () => {
  world = await startPeopleWorld()
})
afterEach(() => world.behave(NORMAL))
afterAll(() => world.close())

const login = (...flags: readonly string[]) => ['login', '--url', world.url, '--browser', ...flags]

describe('edgemint login', () => {
  it('LGN-03 keeps an admin token that only this user can read, and prints none', async () => {
    const user = world.newUser()
    const { exitCode, stdout, stderr } = await user.logIn('ada')
    expect([exitCode, stdout]).toEqual([0, ''])
    expect(stderr).toContain(`edgemint: logged in at ${world.url} as people:ada\n`)
    const file = user.file() ?? ''
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(`${user.state}/edgemint`).mode & 0o777).toBe(0o700)
    const { access_token, refresh_token } = user.session()
    expect(stderr).not.toContain(String(access_token))
    expect(stderr).not.toContain(String(refresh_token))
    const answer = await fetch(`${world.url}/admin/v1/trust`, {
      headers: { authorization: `Bearer ${String(access_token)}` },
    })
    expect(answer.status).toBe(200)
  })

  it('makes later commands administrators, each as its person', async () => {
    const [ada, grace] = [world.newUser(), world.newUser()]
    await Promise.all([ada.logIn('ada'), grace.logIn('grace')])
    for (const user of [ada, grace]) {
      expect(await user.run('issuers')).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('people (generic-oidc, deploy-time policy)'),
      })
    }
    const revoke = ['revoke', '--rule', 'owners', '--reason', 'a test', '--dry-run'] as const
    expect((await ada.run(...revoke)).exitCode).toBe(0)
    const refused = await grace.run(...revoke)
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain('revocations:write')
  })

  it('tells the browser how it ended', async () => {
    const user = world.newUser()
    const running = user.startProgram(login())
    const page = await chooseAt(await running.said(AUTHORIZE), 'ada')
    expect(page).toContain('You are logged in')
    expect((await running.ended).exitCode).toBe(0)
  })

  it('LGN-01 has another state, nonce and challenge each time', async () => {
    const user = world.newUser()
    const starts = [user.start(login('--wait', '1')), user.start(login('--wait', '1'))]
    const pages = await Promise.all(starts.map(async ({ said }) => new URL(await said(AUTHORIZE))))
    for (const name of ['state', 'nonce', 'code_challenge']) {
      const values = pages.map(({ searchParams }) => searchParams.get(name) ?? '')
      expect(values).toEqual([expect.stringMatching(/^[\w-]{43}$/), expect.any(String)])
      expect(values[0]).not.toBe(values[1])
    }
    await Promise.all(starts.map(({ ended }) => ended))
  })

  it('uses the port of a registered redirect URI', async () => {
    const port = await closedPort()
    const redirect = `http://127.0.0.1:${port}/callback`
    const user = world.newUser()
    const { exitCode, stderr } = await user.logIn('ada', '--redirect-uri', redirect)
    expect(exitCode).toBe(0)
    expect(stderr).toContain(encodeURIComponent(redirect))
  })

  it('LGN-01 answers nothing but the redirect URI, by its own name', async () => {
    const user = world.newUser()
    const running = user.start(login())
    const page = new URL(await running.said(AUTHORIZE))
    const redirect = page.searchParams.get('redirect_uri') ?? ''
    expect((await fetch(new URL('/favicon.ico', redirect))).status).toBe(404)
    const { port } = new URL(redirect)
    // A path that is no relative URL.
    expect((await fetch(`http://127.0.0.1:${port}//`)).status).toBe(404)
    // A page whose name leads to this machine.
    expect((await fetch(`http://localhost:${port}/callback?code=x&state=y`)).status).toBe(404)
    expect((await fetch(redirect, { method: 'POST' })).status).toBe(404)
    await chooseAt(page.href, 'ada')
    expect((await running.ended).exitCode).toBe(0)
  })
})

describe('a login that fails', () => {
  const sentences: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    [
      'another state',
      { sign_in: 'wrong_state' },
      'the browser came back from another login: log in again',
    ],
    [
      'another issuer in the browser',
      { sign_in: 'wrong_iss' },
      'the browser came back from another provider: log in again',
    ],
    [
      'an ID token of another issuer',
      { id_token: 'wrong_issuer' },
      'the ID token of the provider is from another issuer',
    ],
    [
      'an ID token for another client',
      { id_token: 'wrong_audience' },
      'the ID token of the provider is not for the client edgemint',
    ],
    [
      'an ID token of another login',
      { id_token: 'wrong_nonce' },
      'the ID token of the provider is of another login: log in again',
    ],
  ]
  it.each(sentences)('LGN-01 LGN-02 says so, and keeps nothing: %s', async (_, fault, sentence) => {
    await world.behave(fault)
    const user = world.newUser()
    const { exitCode, stderr } = await user.logIn('ada')
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`edgemint: ${sentence}\n`)
    expect(user.file()).toBeUndefined()
  })

  it('says so if there is no ID token', async () => {
    await world.behave({ id_token: 'missing' })
    const user = world.newUser()
    const { exitCode, stderr } = await user.logIn('ada')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('edgemint: the answer of the provider is invalid')
    expect(user.file()).toBeUndefined()
  })

  it('says so if the person refuses, also to the browser', async () => {
    const user = world.newUser()
    const running = user.start(login())
    const page = await chooseAt(await running.said(AUTHORIZE), undefined)
    expect(page).toContain('The login has failed')
    const { exitCode, stderr } = await running.ended
    expect(exitCode).toBe(1)
    expect(stderr).toContain('edgemint: the login was refused at the provider\n')
    expect(user.file()).toBeUndefined()
  })

  it('says who the person is if no rule is for them', async () => {
    const user = world.newUser()
    const { exitCode, stderr } = await user.logIn('guest')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('edgemint: refused: ')
    expect(stderr).toContain(
      `edgemint: hint: the provider ${world.dev.issuer}/people says that you are guest: a rule of BOOTSTRAP_TRUST must match that, and no revocation may stop it\n`,
    )
    expect(user.file()).toBeUndefined()
  })

  it('says so if nobody comes', async () => {
    const user = world.newUser()
    const { exitCode, stderr } = await user.start(login('--wait', '1')).ended
    expect(exitCode).toBe(1)
    expect(stderr).toContain('edgemint: nobody logged in within 1 seconds\n')
    expect(user.file()).toBeUndefined()
  })

  it('keeps the session that was there', async () => {
    const user = world.newUser()
    await user.logIn('ada')
    const before = user.session()
    await world.behave({ id_token: 'wrong_audience' })
    expect((await user.logIn('grace')).exitCode).toBe(1)
    expect(user.session()).toEqual(before)
  })

  it('names a port that is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => holder.once('listening', resolve))
    const address = holder.address()
    const port = typeof address === 'object' ? address?.port : 0
    const user = world.newUser()
    const flags = login('--redirect-uri', `http://127.0.0.1:${port}/callback`)
    const { exitCode, stderr } = await user.start(flags).ended
    holder.close()
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`127.0.0.1:${port} is already in use`)
  })
})
