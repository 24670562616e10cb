import { describe, expect, it } from 'vitest'
import { DAY, HOUR, key, NEXT, NOW, next, OLD, prepareKeys, RSA, written } from './support/world.ts'

const world = await prepareKeys()
const retire = (...args: readonly string[]) => world.keys(['retire', ...args, ...world.flags])
const revocations = () => world.gateway.asked.filter(({ method }) => method === 'POST')

describe('keys retire', () => {
  it('KEY-11 ends a key when its successor signs', async () => {
    world.have([key(), next()])
    const { stdout, stderr, exitCode } = await retire(OLD, '--json', '--env', 'production')
    expect(exitCode).toBe(0)
    expect(world.calls()).toEqual([
      {
        args: ['wrangler', 'secret', 'put', 'KEY_RETIREMENTS', '--env', 'production'],
        stdin: `${OLD}=${written(NOW + DAY)}`,
      },
    ])
    expect(JSON.parse(stdout)).toEqual({ kid: OLD, retires_at: NOW + DAY })
    expect(stderr).toContain(`the key ${OLD} signs until ${written(NOW + DAY)}`)
    expect(revocations()).toEqual([])
  })

  it('ends a key at once that has a successor already', async () => {
    world.have([key({ state: 'standby' }), next({ state: 'signing', activates_at: NOW - DAY })])
    await retire(OLD)
    const [, time = ''] = world.calls()[0]?.stdin.split('=') ?? []
    expect(Math.abs(Date.parse(time) / 1000 - NOW)).toBeLessThan(HOUR)
  })

  it('ends it at the time that is given', async () => {
    world.have([key(), next()])
    await retire(OLD, '--at', written(NOW + 3 * DAY))
    expect(world.calls()[0]?.stdin).toBe(`${OLD}=${written(NOW + 3 * DAY)}`)
  })

  it('takes a key id that begins like a flag', async () => {
    const kid = `-${'x'.repeat(42)}`
    world.have([key({ kid }), next()])
    expect((await retire(kid)).exitCode).toBe(0)
    expect(world.calls()[0]?.stdin).toBe(`${kid}=${written(NOW + DAY)}`)
  })

  it.each<[string, readonly string[]]>([
    ['--dry-run', ['--dry-run']],
    ['--print-command', ['--print-command']],
  ])('stores nothing with %s', async (flag, args) => {
    world.have([key(), next()])
    const { stdout, stderr, exitCode } = await retire(OLD, ...args)
    expect(exitCode).toBe(0)
    expect(world.calls()).toEqual([])
    if (flag === '--dry-run') expect(stderr).toContain(`would sign until ${written(NOW + DAY)}`)
    else {
      const end = `${OLD}=${written(NOW + DAY)}`
      expect(stdout).toBe(`printf %s '${end}' | npx wrangler secret put KEY_RETIREMENTS\n`)
    }
  })

  it.each<[string, readonly ReturnType<typeof key>[], readonly string[], number, string]>([
    ['there is no such key', [key()], [NEXT], 2, `there is no key ${NEXT}`],
    ['no other key would sign', [key()], [OLD], 1, `no other ES256 key would sign after ${OLD}`],
    [
      'only a key of another algorithm would sign',
      [key(), key({ kid: RSA, alg: 'RS256' })],
      [OLD],
      1,
      `no other ES256 key would sign after ${OLD}`,
    ],
    [
      'its successor signs only later',
      [key(), next()],
      [OLD, '--at', written(NOW + HOUR)],
      1,
      'no other ES256 key would sign',
    ],
    [
      'its successor has ended by then',
      [key(), next({ retires_at: NOW + 2 * DAY })],
      [OLD, '--at', written(NOW + 3 * DAY)],
      1,
      'no other ES256 key would sign',
    ],
    [
      'the time is past',
      [key(), next()],
      [OLD, '--at', written(NOW - DAY)],
      2,
      '--at must not be in the past',
    ],
    [
      'it has ended',
      [key({ state: 'retired', retires_at: NOW - 60 })],
      [OLD],
      1,
      `the key ${OLD} has ended`,
    ],
    ['there is no reason for --now', [key()], [OLD, '--now'], 2, '--now needs --reason'],
    [
      'there is a reason alone',
      [key()],
      [OLD, '--reason', 'x'],
      2,
      '--reason and --yes need --now',
    ],
    ['it is confirmed alone', [key()], [OLD, '--yes'], 2, 'need --now'],
  ])('is refused if %s', async (_, keys, args, code, message) => {
    world.have(keys)
    const { stderr, exitCode } = await retire(...args)
    expect(stderr).toContain(message)
    expect(exitCode).toBe(code)
    expect(world.calls()).toEqual([])
    expect(revocations()).toEqual([])
  })
})

describe.each(['rotate', 'retire'])('keys %s of a gateway with a state directory', (name) => {
  it('stores nothing as a secret of another deployment', async () => {
    world.have([key({ secret: 'SIGNING_KEY_LOCAL' }), next({ secret: 'SIGNING_KEY_LOCAL_2' })])
    const args = name === 'retire' ? [OLD] : []
    const { stderr, exitCode } = await world.keys([name, ...args, ...world.flags])
    expect(stderr).toBe(
      'edgemint: the keys of this gateway are files in its state directory, not secrets of a deployment\n' +
        `edgemint: hint: on the machine of the gateway: npx edgemint keys ${name} --state DIR\n`,
    )
    expect(exitCode).toBe(1)
    expect(world.calls()).toEqual([])
  })
})

describe('keys retire --now', () => {
  it('REV-03 revokes every token of the key, and says which secret to delete', async () => {
    world.have([key(), next({ state: 'standby', activates_at: NOW - DAY })])
    const { stdout, stderr, exitCode } = await retire(OLD, '--now', '--reason', 'leaked', '--json')
    expect(exitCode).toBe(0)
    expect(revocations().map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
      ['/admin/v1/revocations', { key: OLD, reason: 'leaked' }],
    ])
    expect(JSON.parse(stdout)).toEqual({ revoked_at: NOW, expires_at: NOW + DAY })
    expect(stderr).toBe(
      `edgemint: every token of the key ${OLD} is revoked\n` +
        'edgemint: hint: delete its secret: npx wrangler secret delete SIGNING_KEY_OLD\n' +
        'edgemint: hint: with serve --production: remove its file, and start the gateway again\n',
    )
    expect(world.calls()).toEqual([])
  })

  it.each([
    ['SIGNING_KEY_LOCAL', 'signing-key.json'],
    ['SIGNING_KEY_LOCAL_RS256', 'signing-key-rs256.json'],
    ['SIGNING_KEY_LOCAL_2', 'signing-key-2.json'],
  ])('names the file of the key %s of a state directory', async (secret, file) => {
    world.have([key({ secret }), next({ state: 'standby', activates_at: NOW - DAY })])
    const { stderr } = await retire(OLD, '--now', '--reason', 'leaked')
    expect(stderr).toContain(`hint: remove ${file} from the state directory`)
    expect(stderr).not.toContain('wrangler')
  })

  it('says how to get another key if none signs', async () => {
    world.have([key(), next()])
    const { stderr } = await retire(OLD, '--now', '--reason', 'leaked')
    expect(stderr).toContain('no other ES256 key signs now: npx edgemint keys rotate --now')
  })

  it('says that a key of a state directory may wait for the next start', async () => {
    world.have([key({ secret: 'SIGNING_KEY_LOCAL' })])
    const { stderr } = await retire(OLD, '--now', '--reason', 'leaked')
    expect(stderr).toContain('keys rotate --now --state, unless one waits for the next start\n')
  })

  it('counts the live tokens with --dry-run', async () => {
    world.have([key()], { revoked: { status: 200, body: { dry_run: true, live_tokens: 12 } } })
    const { stderr, exitCode } = await retire(OLD, '--now', '--reason', 'test', '--dry-run')
    expect(exitCode).toBe(0)
    expect(stderr).toContain(`would revoke every token of the key ${OLD}: 12 are live`)
    expect(JSON.parse(revocations()[0]?.body ?? '')).toMatchObject({ dry_run: true })
  })

  it('confirms with --yes that the own admin token ends too', async () => {
    const problems = [{ code: 'value_invalid', path: ['confirm'], message: 'must be true' }]
    const refused = { status: 400, body: { title: 'x', detail: 'nothing was revoked', problems } }
    const stored = { status: 200, body: { revoked_at: NOW, expires_at: NOW + DAY } }
    world.have([key()], { revoked: ({ body }) => (body.includes('confirm') ? stored : refused) })
    const { stderr, exitCode } = await retire(OLD, '--now', '--reason', 'leaked', '--yes')
    expect(exitCode).toBe(0)
    const body = { key: OLD, reason: 'leaked' }
    const bodies = revocations().map((asked) => JSON.parse(asked.body))
    expect(bodies).toEqual([body, { ...body, confirm: true }])
    expect(stderr).toContain('your own admin token is among the revoked ones: get a new one\n')
  })

  it('says nothing of the own admin token with --yes if it goes on', async () => {
    world.have([key()])
    const { stderr } = await retire(OLD, '--now', '--reason', 'leaked', '--yes')
    expect(revocations()).toHaveLength(1)
    expect(stderr).not.toContain('own admin token')
  })

  it('says how to confirm that the own admin token ends too', async () => {
    const problems = [{ code: 'value_invalid', path: ['confirm'], message: 'must be true' }]
    const body = { title: 'x', detail: 'nothing was revoked', problems }
    world.have([key()], { revoked: { status: 400, body } })
    const { stderr, exitCode } = await retire(OLD, '--now', '--reason', 'leaked')
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      'edgemint: refused: your own admin token is signed with this key and would end too\n' +
        'edgemint: hint: get a token that another key has signed, or add --yes\n',
    )
  })

  it.each([
    ['nothing that a gateway sends', { status: 200, body: {} }, []],
    ['a revocation for a dry run', { status: 200, body: { revoked_at: NOW } }, ['--dry-run']],
  ])('fails after an answer with %s', async (_, revoked, flags) => {
    world.have([key()], { revoked })
    const { stderr, exitCode } = await retire(OLD, '--now', '--reason', 'leaked', ...flags)
    expect(exitCode).toBe(3)
    expect(stderr).not.toContain('every token')
  })

  it('fails if the gateway does not store the revocation', async () => {
    const body = { title: 'x', detail: 'nothing was revoked' }
    world.have([key()], { revoked: { status: 400, body } })
    const { stderr, exitCode } = await retire(OLD, '--now', '--reason', 'leaked')
    expect(exitCode).toBe(1)
    expect(stderr).not.toContain('is revoked')
  })
})
