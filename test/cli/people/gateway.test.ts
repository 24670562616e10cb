/** `edgemint login` at gateways and providers that are wrong, and flags that make no sense. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { closedPort } from '../../support/closed-port.ts'
import { runCli } from '../support/run.ts'
import { NORMAL, type PeopleWorld, startPeopleWorld } from './support.ts'

let world: PeopleWorld
beforeAll(async () => {
  world = await startPeopleWorld()
})
afterEach(() => world.behave(NORMAL))
afterAll(() => world.close())

async function logInAt(url: string) {
  const user = world.newUser()
  const { exitCode, stderr } = await user.start(['login', '--url', url]).ended
  expect(user.file()).toBeUndefined()
  return { exitCode, first: stderr.split('\n')[0] }
}

describe('edgemint login', () => {
  it('says what a gateway without ADMIN_LOGIN lacks', async () => {
    const { ready } = await world.startGateway({})
    expect(await logInAt(String(ready.url))).toEqual({
      exitCode: 1,
      first:
        'edgemint: refused: people cannot log in here: set ADMIN_LOGIN to a provider that BOOTSTRAP_TRUST trusts (404)',
    })
  })

  it('needs the issuer URL of the gateway, because the ID token is exchanged for it', async () => {
    const alias = world.url.replace('127.0.0.1', 'localhost')
    expect(await logInAt(alias)).toEqual({
      exitCode: 2,
      first: `edgemint: the issuer URL of this gateway is ${world.url}: use it as --url`,
    })
  })

  it('refuses a provider that names itself by another issuer URL', async () => {
    await world.behave({ discovery: 'wrong_issuer' })
    expect(await logInAt(world.url)).toEqual({
      exitCode: 1,
      first: `edgemint: the provider at ${world.dev.issuer}/people names itself by another issuer URL`,
    })
  })

  it.each([
    ['down', 3, 'edgemint: the provider is unavailable (status 503)'],
    ['html', 1, 'edgemint: the answer of the provider is invalid'],
    ['redirect', 3, 'edgemint: the provider answered with a redirect, which is not followed'],
  ])('says that the metadata of the provider is %s', async (discovery, exitCode, first) => {
    await world.behave({ discovery })
    const result = await logInAt(world.url)
    expect(result.exitCode).toBe(exitCode)
    expect(result.first).toContain(first)
  })

  it('says that nothing answers', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`
    const { exitCode, first } = await logInAt(url)
    expect(exitCode).toBe(3)
    expect(first).toContain('cannot reach 127.0.0.1')
  })

  it('says that the answer is not from a gateway', async () => {
    const { exitCode, first } = await logInAt(world.dev.issuer)
    expect(exitCode).toBe(3)
    expect(first).toContain('is not from a gateway')
  })
})

describe('the flags of edgemint login', () => {
  const URL = ['--url', 'https://sts.example.com']
  it.each([
    [
      'both ways',
      [...URL, '--browser', '--device'],
      '--browser and --device cannot be used together',
    ],
    [
      'a redirect for a device',
      [...URL, '--device', '--redirect-uri', 'http://127.0.0.1/a'],
      '--device and --redirect-uri cannot be used together',
    ],
    [
      'a redirect elsewhere',
      [...URL, '--redirect-uri', 'http://example.com/callback'],
      '--redirect-uri must be an http URL on 127.0.0.1, [::1] or localhost, with a path',
    ],
    ['no wait', [...URL, '--wait', '0'], '--wait must be a number of seconds from 1 to 3600'],
    [
      'no TLS',
      ['--url', 'http://sts.example.com'],
      '--url must be https; http is for loopback addresses only',
    ],
    ['no gateway', [], '--url is required'],
  ])('are refused with %s', async (_, flags, sentence) => {
    const environment = { HOME: '/nonexistent' }
    const { exitCode, stderr } = await runCli(['login', ...flags], { environment })
    expect([exitCode, stderr.split('\n')[0]]).toEqual([2, `edgemint: ${sentence}`])
  })

  it('may be left out where the environment names the gateway', async () => {
    const environment = { HOME: '/nonexistent', EDGEMINT_URL: 'ftp://x' }
    const { stderr } = await runCli(['login'], { environment })
    expect(stderr).toContain('must be https')
  })
})
