import { describe, expect, it } from 'vitest'
import { importKeyRing } from '../../../src/core/tokens/keyring.ts'
import { DAY, HOUR, key, NEXT, NOW, next, OLD, prepareKeys, RSA, written } from './support/world.ts'

const world = await prepareKeys()
const rotate = (...args: readonly string[]) => world.keys(['rotate', ...world.flags, ...args])
const at = (seconds: number) => ['--activates-at', written(seconds)]

describe('keys rotate', () => {
  it('KEY-12 gives wrangler the successor on stdin, then the end of the old key', async () => {
    world.have([key()])
    const { stdout, stderr, exitCode } = await rotate(...at(NOW + 2 * DAY), '--json')
    expect(exitCode).toBe(0)
    const [first, second, ...rest] = world.calls()
    expect(rest).toEqual([])
    const name = `SIGNING_KEY_${new Date().toISOString().slice(0, 7).replace('-', '_')}`
    expect(first?.args).toEqual(['wrangler', 'secret', 'put', name])
    const { ring, problems } = await importKeyRing([{ name, jwk: first?.stdin ?? '' }])
    expect(problems).toEqual([])
    const [made] = ring.keys
    expect(made).toMatchObject({ algorithm: 'ES256', activatesAt: NOW + 2 * DAY })
    expect(made?.retiresAt).toBe(Number.POSITIVE_INFINITY)
    expect(second).toEqual({
      args: ['wrangler', 'secret', 'put', 'KEY_RETIREMENTS'],
      stdin: `${OLD}=${written(NOW + 2 * DAY)}`,
    })
    expect(JSON.parse(stdout)).toEqual({
      ...{ kid: made?.keyId, alg: 'ES256', secret: name, activates_at: NOW + 2 * DAY },
      ...{ retires_at: null, ends: [{ kid: OLD, retires_at: NOW + 2 * DAY }] },
    })
    const { d } = JSON.parse(first?.stdin ?? '') as { d: string }
    expect(JSON.stringify([stdout, stderr, first?.args])).not.toContain(d)
    expect(stderr).toContain('Success! Uploaded secret')
  })

  it('KEY-11 activates the successor a day later, past the life of cached key sets', async () => {
    world.have([key()])
    await rotate()
    const jwk = JSON.parse(world.calls()[0]?.stdin ?? '') as { activates_at: string }
    const start = Date.parse(jwk.activates_at) / 1000
    expect(start).toBeGreaterThanOrEqual(NOW + DAY)
    expect(start).toBeLessThan(NOW + DAY + HOUR)
  })

  it('activates it when the old key ends, if that is sooner', async () => {
    world.have([key({ retires_at: NOW + 2 * HOUR })])
    await rotate()
    const [first, ...rest] = world.calls()
    expect(JSON.parse(first?.stdin ?? '')).toMatchObject({ activates_at: written(NOW + 2 * HOUR) })
    // The old key has its end already.
    expect(rest).toEqual([])
  })

  it('keeps the ends of other keys, also of one that is no longer published', async () => {
    world.have([
      key(),
      key({ kid: RSA, alg: 'RS256', secret: 'SIGNING_KEY_RSA', retires_at: NOW + DAY }),
      key({ kid: NEXT, secret: 'SIGNING_KEY_GONE', state: 'withdrawn', retires_at: NOW - DAY }),
    ])
    await rotate(...at(NOW + 2 * DAY))
    expect(world.calls()[1]?.stdin).toBe(
      [
        `${RSA}=${written(NOW + DAY)}`,
        `${NEXT}=${written(NOW - DAY)}`,
        `${OLD}=${written(NOW + 2 * DAY)}`,
      ].join(' '),
    )
  })

  it('makes the key of another algorithm, and ends only keys of that', async () => {
    world.have([key(), key({ kid: RSA, alg: 'RS256', secret: 'SIGNING_KEY_RSA' })])
    await rotate(
      '--algorithm',
      'RS256',
      ...at(NOW + 2 * DAY),
      '--retires-at',
      written(NOW + 9 * DAY),
    )
    const [first, second] = world.calls()
    expect(JSON.parse(first?.stdin ?? '')).toMatchObject({
      alg: 'RS256',
      retires_at: written(NOW + 9 * DAY),
    })
    expect(second?.stdin).toBe(`${RSA}=${written(NOW + 2 * DAY)}`)
  })

  it('passes the configuration and the environment on to wrangler', async () => {
    world.have([key()])
    await rotate('--config', 'a.toml', '--env', 'production', '--name', 'SIGNING_KEY_B')
    expect(world.calls()[0]?.args).toEqual([
      ...['wrangler', 'secret', 'put', 'SIGNING_KEY_B'],
      ...['--config', 'a.toml', '--env', 'production'],
    ])
  })

  it('signs at once with --now', async () => {
    world.have([key()])
    expect((await rotate('--now')).exitCode).toBe(0)
    const jwk = JSON.parse(world.calls()[0]?.stdin ?? '') as { activates_at: string }
    expect(Date.parse(jwk.activates_at) / 1000).toBeLessThan(NOW + HOUR)
  })

  it.each<[string, readonly string[]]>([
    ['says what it would do with --dry-run', ['--dry-run']],
    ['prints the commands with --print-command', ['--print-command']],
  ])('%s, and makes no key', async (_, flags) => {
    world.have([key()])
    const start = written(NOW + 2 * DAY)
    const { stdout, stderr, exitCode } = await rotate(
      ...at(NOW + 2 * DAY),
      ...['--name', 'SIGNING_KEY_B', '--env', "it's"],
      ...flags,
    )
    expect(exitCode).toBe(0)
    expect(world.calls()).toEqual([])
    if (flags[0] === '--dry-run') {
      expect(stderr).toBe(
        `edgemint: would make an ES256 key that signs from ${start}, in SIGNING_KEY_B\n` +
          `edgemint: would end the key ${OLD} at ${start}\n`,
      )
      return
    }
    const env = `--env 'it'\\''s'`
    expect(stdout).toBe(
      `npx edgemint keys generate --algorithm ES256 --activates-at ${start} | npx wrangler secret put SIGNING_KEY_B ${env}\n` +
        `printf %s '${OLD}=${start}' | npx wrangler secret put KEY_RETIREMENTS ${env}\n`,
    )
  })

  it('chooses a name that no other secret has', async () => {
    const base = `SIGNING_KEY_${new Date().toISOString().slice(0, 7).replace('-', '_')}`
    world.have([key({ secret: base })], {
      problems: [{ variable: `${base}_2`, message: 'is not a JSON Web Key' }],
    })
    await rotate()
    expect(world.calls()[0]?.args[3]).toBe(`${base}_3`)
  })

  it('ends no key if the successor could not be stored', async () => {
    world.have([key()])
    world.failAt('SIGNING_KEY_B')
    const { stderr, exitCode } = await rotate('--name', 'SIGNING_KEY_B')
    expect(exitCode).toBe(1)
    expect(world.calls()).toHaveLength(1)
    expect(stderr).toContain('wrangler did not store SIGNING_KEY_B: it ended with 1')
  })

  it.each<[string, readonly ReturnType<typeof key>[], readonly string[], number, string]>([
    ['a successor is scheduled', [key(), next()], [], 1, `the ES256 key ${NEXT} is scheduled`],
    [
      'verifiers could still have the old key set',
      [key()],
      at(NOW + HOUR - 60),
      2,
      'publish a key an hour before it signs',
    ],
    [
      'no key would sign for some time',
      [key({ retires_at: NOW + DAY })],
      at(NOW + DAY + 1),
      2,
      `no key would sign between ${written(NOW + DAY)} and ${written(NOW + DAY + 1)}`,
    ],
    [
      'the key would end before it signs',
      [key()],
      [...at(NOW + 2 * DAY), '--retires-at', written(NOW + 2 * DAY)],
      2,
      '--retires-at must be later than the activation',
    ],
    ['the secret has a key', [key()], ['--name', 'SIGNING_KEY_OLD'], 2, 'has a key already'],
    ['the name is not one of a key', [key()], ['--name', 'KEY'], 2, '--name must be SIGNING_KEY_'],
    [
      'the gateway does not name its secrets',
      [(({ secret: _, ...rest }) => rest)(key())],
      [],
      2,
      'choose a new name with --name',
    ],
    [
      'the algorithm is unknown',
      [key()],
      ['--alg', 'HS256'],
      2,
      '--algorithm must be one of ES256',
    ],
    ['both times are given', [key()], ['--now', ...at(NOW + DAY)], 2, 'cannot be used together'],
    [
      'both kinds of a dry run are given',
      [key()],
      ['--dry-run', '--print-command'],
      2,
      'cannot be used together',
    ],
  ])('is refused if %s', async (_, keys, args, code, message) => {
    world.have(keys)
    const { stderr, exitCode } = await rotate(...args)
    expect(stderr).toContain(message)
    expect(exitCode).toBe(code)
    expect(world.calls()).toEqual([])
  })

  it('needs an admin token', async () => {
    world.have([key()])
    const { stderr, exitCode } = await world.keys(['rotate', '--url', world.gateway.url])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`not logged in at ${world.gateway.url}, and no --token-file`)
  })
})
