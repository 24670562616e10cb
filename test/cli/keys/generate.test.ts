import { expect, test } from 'vitest'
import { importKeyRing } from '../../../src/core/tokens/keyring.ts'
import { runCli } from '../support/run.ts'

test.each([
  ['ES256', []],
  ['ES256', ['--algorithm', 'ES256']],
  ['RS256', ['--alg', 'RS256']],
  ['Ed25519', ['--algorithm', 'Ed25519']],
  ['EdDSA', ['--algorithm', 'EdDSA']],
  ['ES384', ['--algorithm', 'ES384']],
  ['PS256', ['--algorithm', 'PS256']],
])('makes an %s key that the gateway signs with (flags: %j)', async (algorithm, flags) => {
  const { stdout, stderr, exitCode } = await runCli(['keys', 'generate', ...flags])
  expect(exitCode).toBe(0)
  const { ring, problems } = await importKeyRing([{ name: 'SIGNING_KEY_A', jwk: stdout }])
  expect(problems).toEqual([])
  const jwk = JSON.parse(stdout)
  expect(ring.keys[0]).toMatchObject({ algorithm, keyId: jwk.kid, activatesAt: 0 })
  expect(jwk).toMatchObject({ alg: algorithm, use: 'sig' })
  expect(stderr).toMatch(
    new RegExp(
      `^edgemint: made the ${algorithm} key ${jwk.kid}\nedgemint: hint: on Cloudflare: npx wrangler secret put SIGNING_KEY_\\d{4}_\\d{2} reads it from a pipe\nedgemint: hint: on a machine of yours: edgemint serve --production --signing-key-file \\d{4}_\\d{2}=FILE\n$`,
    ),
  )
  expect(stderr).not.toContain(jwk.d)
})

test('never makes the same key twice', async () => {
  const [one, two] = await Promise.all([runCli(['keys', 'generate']), runCli(['keys', 'generate'])])
  expect(JSON.parse(one.stdout).kid).not.toBe(JSON.parse(two.stdout).kid)
})

test('writes dates that the key ring reads', async () => {
  const { stdout } = await runCli([
    ...['keys', 'generate', '--activates-at', '2098-01-31T00:00:00Z'],
    ...['--retires-at', '2099-01-31T00:00:00Z'],
  ])
  const { ring } = await importKeyRing([{ name: 'SIGNING_KEY_A', jwk: stdout }])
  expect(ring.keys[0]).toMatchObject({
    activatesAt: Date.UTC(2098, 0, 31) / 1000,
    retiresAt: Date.UTC(2099, 0, 31) / 1000,
  })
})

test.each<[string, readonly string[], string]>([
  [
    'an unsupported algorithm',
    ['--algorithm', 'HS256'],
    '--algorithm must be one of ES256, ES384, RS256, PS256, Ed25519, EdDSA',
  ],
  [
    'the same flag under both names',
    ['--algorithm', 'ES256', '--alg', 'RS256'],
    '--algorithm is given twice',
  ],
  [
    'a date that does not exist',
    ['--activates-at', '2098-02-31T00:00:00Z'],
    '--activates-at must be a UTC time such as 2027-01-31T00:00:00Z',
  ],
  [
    'a time without its zone',
    ['--retires-at', '2098-02-01T00:00:00'],
    '--retires-at must be a UTC time such as 2027-01-31T00:00:00Z',
  ],
  [
    'an end before the start',
    ['--activates-at', '2099-01-01T00:00:00Z', '--retires-at', '2098-01-01T00:00:00Z'],
    '--retires-at must be later than now and than --activates-at',
  ],
  [
    'an end in the past',
    ['--retires-at', '2020-01-01T00:00:00Z'],
    '--retires-at must be later than now and than --activates-at',
  ],
])('refuses %s and makes no key', async (_name, flags, message) => {
  expect(await runCli(['keys', 'generate', ...flags])).toEqual({
    stdout: '',
    stderr: `edgemint: ${message}\nedgemint: hint: npx edgemint keys generate --help\n`,
    exitCode: 2,
  })
})
