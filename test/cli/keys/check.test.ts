import { describe, expect, it } from 'vitest'
import type { KeyReport } from '../../../src/contract/admin.ts'
import type { Reply } from '../support/gateway.ts'
import { type Change, DAY, key, NEXT, NOW, next, OLD, prepareKeys, RSA } from './support/world.ts'

const world = await prepareKeys()

async function check(keys: readonly KeyReport[], change: Change = {}, args: string[] = []) {
  world.have(keys, change)
  const { stdout, exitCode } = await world.keys(['check', ...world.flags, '--json', ...args])
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { code: string }[] }
  expect(exitCode).toBe(ok ? 0 : 1)
  return findings.map(({ code }) => code)
}

const es384 = {
  version: 1,
  issuers: {},
  resources: { 'https://api.example.com': { scopes: ['a'], algorithm: 'ES384' } },
  rules: [],
}

describe('keys check', () => {
  it.each<[string, readonly KeyReport[], readonly string[]]>([
    ['a young key', [key()], []],
    ['an old key', [key({ activates_at: NOW - 366 * DAY })], ['no_successor']],
    ['an old key with a successor', [key({ activates_at: NOW - 366 * DAY }), next()], []],
    ['a key of unknown age', [key({ activates_at: null })], ['no_successor']],
    ['a key that ends', [key({ retires_at: NOW + DAY })], ['no_successor']],
    ['a key that ends, with a successor', [key({ retires_at: NOW + DAY }), next()], []],
    [
      'a key that ends before its successor signs',
      [key({ retires_at: NOW + DAY - 1 }), next()],
      ['no_successor'],
    ],
    [
      'a key whose successor ends with it',
      [key({ retires_at: NOW + DAY }), next({ retires_at: NOW + DAY })],
      ['no_successor'],
    ],
    [
      'a key whose successor has another algorithm',
      [key({ retires_at: NOW + DAY }), next({ alg: 'RS256' })],
      ['no_successor'],
    ],
    [
      'two names of one algorithm',
      [key({ alg: 'EdDSA', retires_at: NOW + DAY }), next({ alg: 'Ed25519' })],
      [],
    ],
    [
      'a key without an end whose successor signs',
      [key({ state: 'standby' }), next({ state: 'signing', activates_at: NOW - DAY })],
      ['key_without_end'],
    ],
    [
      'a key with an end whose successor signs',
      [
        key({ state: 'standby', retires_at: NOW + DAY }),
        next({ state: 'signing', activates_at: NOW - DAY }),
      ],
      [],
    ],
    ['no active key', [next()], ['no_active_key']],
  ])('judges %s', async (_, keys, expected) => {
    expect(await check(keys)).toEqual(expected)
  })

  it('finds a private key that is kept past its end', async () => {
    const gone = next({ state: 'withdrawn', activates_at: NOW - 9 * DAY, retires_at: NOW - DAY })
    const published = [{ kid: OLD, alg: 'ES256' }]
    expect(await check([key(), gone], { published })).toEqual(['key_withdrawn'])
  })

  it('finds a secret that the gateway cannot use', async () => {
    const problems = [{ variable: 'SIGNING_KEY_X', message: 'is not a JSON Web Key' }]
    expect(await check([key()], { problems })).toEqual(['key_unusable'])
  })

  it('finds a resource whose algorithm no key signs', async () => {
    expect(await check([key()], { document: es384 })).toEqual(['algorithm_without_key'])
    const keys = [key(), key({ kid: RSA, alg: 'ES384' })]
    expect(await check(keys, { document: es384 })).toEqual([])
  })

  it.each<[string, Change, readonly string[]]>([
    ['without a key', { published: [] }, ['key_set_empty', 'key_set_incomplete']],
    [
      'without one of the keys',
      { published: [{ kid: RSA }] },
      ['key_set_incomplete', 'key_set_foreign'],
    ],
    ['with a private key', { published: [{ kid: OLD, alg: 'ES256', d: 'x' }] }, ['key_set_secret']],
    [
      'that is cached for a day',
      { headers: { 'cache-control': 'max-age=86400' } },
      ['key_set_caching'],
    ],
    ['that is not cached', { headers: { 'cache-control': 'no-store' } }, ['key_set_caching']],
  ])('JK-08 judges a key set %s', async (_, change, expected) => {
    expect(await check([key()], change)).toEqual(expected)
  })

  it('takes another age', async () => {
    expect(await check([key()], {}, ['--max-age-days', '29'])).toEqual(['no_successor'])
    expect(await check([key()], {}, ['--max-age-days', '30'])).toEqual([])
  })

  it('JK-02 checks only the key set without a token, and never shows its values', async () => {
    world.have([], { published: [{ kid: OLD, alg: 'ES256', d: 'private-scalar' }] })
    const { stdout, stderr, exitCode } = await world.keys(['check', '--url', world.gateway.url])
    expect(exitCode).toBe(1)
    expect(stdout).toContain(`key_set_secret: the key set has the private member d of ${OLD}`)
    expect(stdout + stderr).not.toContain('private-scalar')
    expect(world.gateway.asked.map(({ path }) => path)).toEqual(['/jwks.json'])
  })

  it.each([
    [['--max-age-days', '0'], '--max-age-days must be a number of days'],
    [['--state', 'x'], '--state cannot be used together'],
  ])('is refused with %j', async (args, message) => {
    const { stderr, exitCode } = await world.keys(['check', ...world.flags, ...args])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })
})

describe('keys list', () => {
  it('shows states, dates and secrets', async () => {
    world.have([key({ retires_at: NOW + DAY, published_until: NOW + 2 * DAY }), next()])
    const { stdout, exitCode } = await world.keys(['list', ...world.flags])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`${OLD}  ES256  signing, for resources that name no algorithm`)
    expect(stdout).toContain('  secret: SIGNING_KEY_OLD')
    expect(stdout).toContain(`${NEXT}  ES256  scheduled`)
    expect(stdout).toMatch(/ published: until 20.*when its last token has expired/)
  })

  it('prints the answer of the gateway as JSON', async () => {
    world.have([key()])
    const { stdout } = await world.keys(['list', ...world.flags, '--json'])
    expect(JSON.parse(stdout)).toEqual({ keys: [key()], problems: [], warnings: [] })
  })

  it('shows the published key set without a token', async () => {
    world.have([key()])
    const { stdout } = await world.keys(['list', '--url', world.gateway.url, '--json'])
    expect(JSON.parse(stdout)).toEqual({ keys: [{ kid: OLD, alg: 'ES256' }] })
  })

  it('is tried again after the page of a server in front of the gateway', async () => {
    const page = { status: 502, text: '<html>', headers: { server: 'cloudflare' } }
    const replies: Reply[] = [page, { status: 200, body: { keys: [{ kid: OLD, alg: 'ES256' }] } }]
    world.gateway.answer(() => replies.shift() ?? page)
    const list = ['list', '--url', world.gateway.url, '--json']
    const { stdout, stderr } = await world.keys(list)
    expect(JSON.parse(stdout)).toEqual({ keys: [{ kid: OLD, alg: 'ES256' }] })
    expect(stderr).toContain(
      'a server in front of the gateway answered (status 502, server cloudflare)',
    )
  })

  it.each([
    ['no report', { status: 200, body: { keys: [{}] } }],
    ['a report without warnings', { status: 200, body: { keys: [], problems: [] } }],
  ])('is refused by %s', async (_, reply) => {
    world.gateway.answer(() => reply)
    const { stderr, exitCode } = await world.keys(['list', ...world.flags])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('is not from a gateway')
  })
})
