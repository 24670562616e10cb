/** The session on disk: renewal, concurrent commands, and files that cannot be used. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NORMAL, type PeopleWorld, startPeopleWorld, type User } from './support.ts'

let world: PeopleWorld
let user: User
beforeAll(async () => {
  world = await startPeopleWorld()
})
beforeEach(async () => {
  user = world.newUser()
})
afterEach(() => world.behave(NORMAL))
afterAll(() => world.close())

const ENDED = { expires_at: 1 }
const path = () => user.file() ?? ''

describe('a session that has ended', () => {
  it('is renewed by the next command, with the next refresh token', async () => {
    await user.logInHere('ada')
    user.change(ENDED)
    const before = user.session()
    expect((await user.run('issuers')).exitCode).toBe(0)
    const after = user.session()
    expect(after.access_token).not.toBe(before.access_token)
    expect(after.refresh_token).not.toBe(before.refresh_token)
    expect(Number(after.expires_at)).toBeGreaterThan(Date.now() / 1000)
  })

  it('is renewed once by commands that run at the same time', async () => {
    await user.logInHere('ada')
    user.change(ENDED)
    const codes = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { exitCode } = await user.startProgram(['issuers', '--url', world.url]).ended
        return exitCode
      }),
    )
    // The provider ends the login if a refresh token is used twice.
    expect(codes).toEqual([0, 0, 0, 0])
    user.change(ENDED)
    expect((await user.run('issuers')).exitCode).toBe(0)
  })

  it.each([
    ['there is no refresh token', 'never'],
    ['the provider refuses the refresh token', 'refused'],
  ])('asks to log in again if %s', async (_, refresh_token) => {
    await world.behave({ refresh_token })
    await user.logInHere('ada')
    user.change(ENDED)
    const { exitCode, stderr } = await user.run('issuers')
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      [
        `edgemint: the login at ${world.url} has ended: log in again`,
        `edgemint: hint: npx edgemint login --url ${world.url}`,
        '',
      ].join('\n'),
    )
  })

  it('asks to log in again if the provider renews no ID token', async () => {
    await user.logInHere('ada')
    user.change(ENDED)
    await world.behave({ id_token: 'missing' })
    const { exitCode, stderr } = await user.run('issuers')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('has ended: log in again')
  })

  it('keeps its refresh token while the provider is down', async () => {
    await user.logInHere('ada')
    user.change(ENDED)
    const before = user.session().refresh_token
    await world.behave({ discovery: 'down' })
    expect((await user.run('issuers')).exitCode).toBe(3)
    expect(user.session().refresh_token).toBe(before)
    await world.behave(NORMAL)
    expect((await user.run('issuers')).exitCode).toBe(0)
  })

  it('keeps the next refresh token if the gateway is down after the renewal', async () => {
    const { ready, stop } = await world.startGateway(world.settings)
    const url = String(ready.url)
    await user.logInHere('ada', url)
    await stop()
    user.change(ENDED)
    const before = user.session().refresh_token
    const { exitCode } = await user.start(['issuers', '--url', url]).ended
    expect(exitCode).toBe(3)
    // The provider accepts the old one no more.
    expect(user.session().refresh_token).not.toBe(before)
  })

  it('LGN-04 sends its refresh token only to the provider of the login', async () => {
    await user.logInHere('ada')
    const provider = { issuer: 'http://127.0.0.1:9/people', client_id: 'edgemint', scopes: [] }
    user.change({ ...ENDED, provider })
    const { exitCode, stderr } = await user.run('issuers')
    expect(exitCode).toBe(3)
    expect(stderr).toContain('cannot reach 127.0.0.1:9')
  })
})

describe('the file of a session', () => {
  it('is not used if a newer version wrote it, and stays', async () => {
    await user.logInHere('ada')
    user.change({ version: 2 })
    for (const command of ['issuers', 'whoami', 'login', 'logout']) {
      const { exitCode, stderr } = await user.run(command)
      expect(exitCode).toBe(2)
      expect(stderr.split('\n').slice(0, 2)).toEqual([
        `edgemint: ${path()} was written by a newer version of edgemint`,
        'edgemint: hint: use that version, or remove the file and log in again',
      ])
    }
    expect(user.session().version).toBe(2)
  })

  it('is not used if it is damaged', async () => {
    await user.logInHere('ada')
    user.change({ scopes: 'all' })
    const { exitCode, stderr } = await user.run('whoami')
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`${path()} is damaged: remove it and log in again`)
  })

  it('is not used if it is of another gateway', async () => {
    await user.logInHere('ada')
    user.change({ gateway: 'https://sts.example.com' })
    const { stderr } = await user.run('whoami')
    expect(stderr).toContain(`${path()} is damaged`)
  })

  it('LGN-03 is not used through a symbolic link, and a login does not write through one', async () => {
    await user.logInHere('ada')
    const target = join(user.state, 'elsewhere')
    renameSync(path(), target)
    const link = join(user.state, 'edgemint', (await linkName()) ?? '')
    symlinkSync(target, link)
    const { exitCode, stderr } = await user.run('whoami')
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`${link} is a symbolic link`)
    expect((await user.start(['login', '--url', world.url]).ended).exitCode).toBe(2)
  })

  it('LGN-03 is not used if other users can read it', async () => {
    await user.logInHere('ada')
    chmodSync(path(), 0o644)
    const { exitCode, stderr } = await user.run('whoami')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('can be read by other users')
  })

  it('LGN-03 is in a directory that a login closes for other users', async () => {
    await user.logInHere('ada')
    const directory = join(user.state, 'edgemint')
    chmodSync(directory, 0o755)
    await user.logInHere('ada')
    expect(statSync(directory).mode & 0o777).toBe(0o700)
  })

  it('is in the home directory if XDG_STATE_HOME is not absolute', async () => {
    await user.logInHere('ada')
    const home = join(user.state, 'home')
    const environment = { XDG_STATE_HOME: 'state', HOME: home }
    const other = await user.start(['whoami', '--url', world.url], environment).ended
    expect(other.exitCode).toBe(1)
    const target = join(home, '.local', 'state', 'edgemint')
    expect(existsSync(target)).toBe(false)
  })

  it('leaves nothing beside it', async () => {
    await user.logInHere('ada')
    await user.logInHere('grace')
    const names = readdirSync(join(user.state, 'edgemint'))
    expect(names.filter((name) => !/\.json(\.lock)?$/.test(name))).toEqual([])
    expect(user.session().subject).toBe('people:grace')
  })
})

/** The name of the lock without its end is that of the session. */
async function linkName(): Promise<string | undefined> {
  const names = readdirSync(join(user.state, 'edgemint'))
  return names.find((name) => name.endsWith('.lock'))?.replace(/\.lock$/, '')
}

describe('a command with --token-file', () => {
  it('does not use the session', async () => {
    await user.logInHere('grace')
    const file = join(user.state, 'admin.jwt')
    copyFileSync(path(), file)
    const { exitCode, stderr } = await user.run('issuers', '--token-file', file)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('contains more than a token')
    rmSync(path())
    const without = await user.run('issuers')
    expect(without.stderr).toBe(
      [
        `edgemint: not logged in at ${world.url}, and no --token-file`,
        `edgemint: hint: npx edgemint login --url ${world.url}`,
        'edgemint: hint: in a job: --token-file FILE, with an admin token of the gateway in the file',
        '',
      ].join('\n'),
    )
  })
})
