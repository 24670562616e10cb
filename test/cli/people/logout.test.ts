/** `edgemint whoami` and `edgemint logout`. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { NORMAL, type PeopleWorld, startPeopleWorld } from './support.ts'

let world: PeopleWorld
beforeAll(async () => {
  world = await startPeopleWorld()
})
afterEach(() => world.behave(NORMAL))
afterAll(() => world.close())

describe('edgemint whoami', () => {
  it('shows the person, the role and the end, and no token', async () => {
    const user = world.newUser()
    await user.logInHere('grace')
    const { access_token, refresh_token } = user.session()
    const { stdout, exitCode } = await user.start(['whoami']).ended
    expect(exitCode).toBe(0)
    expect(stdout.replace(/\S+Z/, 'TIME')).toBe(
      [
        `gateway: ${world.url}`,
        'subject: people:grace',
        `issuer: ${world.dev.issuer}/people`,
        'role: viewer',
        'scopes: trust:read decisions:read metrics:read',
        'ends: TIME, renewed by the next command',
        '',
      ].join('\n'),
    )
    const json = await user.run('whoami', '--json')
    expect(JSON.parse(json.stdout)).toEqual({
      gateway: world.url,
      subject: 'people:grace',
      issuer: `${world.dev.issuer}/people`,
      role: 'viewer',
      scopes: ['trust:read', 'decisions:read', 'metrics:read'],
      expires_at: user.session().expires_at,
      renewable: true,
    })
    for (const secret of [access_token, refresh_token]) {
      expect(`${stdout}${json.stdout}`).not.toContain(String(secret))
    }
  })

  it('says that nobody is logged in', async () => {
    const user = world.newUser()
    expect(await user.run('whoami')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `edgemint: not logged in at ${world.url}\nedgemint: hint: npx edgemint login --url ${world.url}\n`,
    })
    expect((await user.start(['whoami']).ended).stderr).toContain('--url is required')
  })
})

describe('edgemint logout', () => {
  it('revokes the admin token and the refresh token, and removes both', async () => {
    const user = world.newUser()
    await user.logInHere('ada')
    const { access_token, refresh_token } = user.session()
    expect(await user.run('logout')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: `edgemint: logged out at ${world.url}\n`,
    })
    expect(user.file()).toBeUndefined()
    const headers = { authorization: `Bearer ${String(access_token)}` }
    expect((await fetch(`${world.url}/admin/v1/trust`, { headers })).status).toBe(401)
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'edgemint',
      refresh_token: String(refresh_token),
    })
    const renewed = await fetch(`${world.dev.issuer}/people/token`, { method: 'POST', body })
    expect(await renewed.json()).toMatchObject({ error: 'invalid_grant' })
    expect((await user.run('logout')).stderr).toContain(`not logged in at ${world.url}`)
  })

  it('removes the tokens of a gateway that is down, and says what is left', async () => {
    const { ready, stop } = await world.startGateway(world.settings)
    const url = String(ready.url)
    const user = world.newUser()
    await user.logInHere('ada', url)
    await stop()
    const { exitCode, stderr } = await user.start(['logout', '--url', url]).ended
    expect(exitCode).toBe(3)
    expect(stderr).toContain('edgemint: logged out on this machine only: cannot reach 127.0.0.1')
    expect(stderr).toContain(`the admin token at ${url} is valid until `)
    expect(user.file()).toBeUndefined()
  })
})
