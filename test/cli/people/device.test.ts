/** `edgemint login` by a code that is typed on another machine, and providers without such codes. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { chooseAt, NORMAL, type PeopleWorld, policyOf, startPeopleWorld } from './support.ts'

let world: PeopleWorld
beforeAll(async () => {
  world = await startPeopleWorld()
})
afterEach(() => world.behave(NORMAL))
afterAll(() => world.close())

/** The page of the device, with the code that the command shows. */
async function pageOf(said: (pattern: RegExp) => Promise<string>): Promise<string> {
  const code = await said(/[A-Z]{4}-[A-Z]{4}:/)
  await said(/http\S+\/device/)
  return `${world.dev.issuer}/people/device?user_code=${code.slice(0, -1)}`
}

describe('edgemint login --device', () => {
  it.each([
    ['if it is asked for', ['--device']],
    ['without a terminal', []],
  ])('logs in by a code %s', async (_, flags) => {
    const user = world.newUser()
    const running = user.start(['login', '--url', world.url, ...flags])
    expect(await chooseAt(await pageOf(running.said), 'grace')).toContain('signed in')
    const { exitCode, stdout, stderr } = await running.ended
    expect([exitCode, stdout]).toEqual([0, ''])
    expect(stderr).toContain(`edgemint: logged in at ${world.url} as people:grace\n`)
    expect((await user.run('issuers')).exitCode).toBe(0)
  })

  it('is told if the person refuses', async () => {
    const user = world.newUser()
    const running = user.start(['login', '--url', world.url, '--device'])
    await chooseAt(await pageOf(running.said), undefined)
    const { exitCode, stderr } = await running.ended
    expect(exitCode).toBe(1)
    expect(stderr).toContain('edgemint: the login was refused at the provider\n')
    expect(user.file()).toBeUndefined()
  })

  it('ends if nobody types the code', async () => {
    const user = world.newUser()
    const args = ['login', '--url', world.url, '--device', '--wait', '1']
    const { exitCode, stderr } = await user.start(args).ended
    expect(exitCode).toBe(1)
    expect(stderr).toContain('edgemint: nobody logged in within 1 seconds\n')
  })

  it('refuses an ID token for another client', async () => {
    await world.behave({ id_token: 'wrong_audience' })
    const user = world.newUser()
    const running = user.start(['login', '--url', world.url, '--device'])
    await chooseAt(await pageOf(running.said), 'grace')
    const { exitCode, stderr } = await running.ended
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      'edgemint: the ID token of the provider is not for the client edgemint\n',
    )
  })
})

describe('a provider without people', () => {
  it('has neither a browser flow nor a device flow', async () => {
    const issuer = `${world.dev.issuer}/machines`
    const { ready } = await world.startGateway({
      BOOTSTRAP_TRUST: policyOf(issuer),
      ADMIN_LOGIN: JSON.stringify({ issuer, client_id: 'edgemint' }),
    })
    const user = world.newUser()
    const login = ['login', '--url', String(ready.url)]
    const device = await user.start([...login, '--device']).ended
    expect(device.stderr).toContain('the provider has no device flow: log in with --browser')
    const browser = await user.start(login).ended
    expect(browser.stderr).toContain('the provider has no authorization endpoint')
    expect([device.exitCode, browser.exitCode]).toEqual([1, 1])
  })
})
