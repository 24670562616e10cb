/** What `edgemint serve --production` refuses before it starts anything. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { homeFlags, ISSUER, makeHome, readLog } from '../../../../../scripts/extra/home/world.ts'
import { makeSelfSigned } from '../../../../support/self-signed.ts'
import { runCli } from '../../../support/run.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-production-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const home = await makeHome(join(scratch, 'home'))
const state = join(scratch, 'untouched')

const IN_FRONT = ['--behind-proxy', '127.0.0.1']
const BASE = ['--issuer', ISSUER, '--state', state]
const TLS = ['--tls-cert', 'a.pem', '--tls-key', 'a.key']

describe('flags', () => {
  it.each<[string, readonly string[]]>([
    ['--production needs --issuer', ['--state', state, ...IN_FRONT]],
    ['--production needs an https issuer URL', ['--issuer', 'http://localhost', '--state', state]],
    ['--production needs --state', ['--issuer', ISSUER, ...IN_FRONT]],
    ['--production needs --tls-cert and --tls-key, or --behind-proxy', BASE],
    ['--production does not allow --local-issuers', [...BASE, ...IN_FRONT, '--local-issuers']],
    ['--tls-cert needs --tls-key', [...BASE, '--tls-cert', 'a.pem']],
    ['--tls-key needs --tls-cert', [...BASE, '--tls-key', 'a.key']],
    ['--tls-client-ca needs --tls-cert', [...BASE, ...IN_FRONT, '--tls-client-ca', 'ca.pem']],
    [
      '--behind-proxy must be an address, or a network of at least 8 bits',
      [...BASE, '--behind-proxy', 'nginx'],
    ],
    [
      '--behind-proxy must be an address, or a network of at least 8 bits',
      [...BASE, '--behind-proxy', '0.0.0.0/0'],
    ],
    ['--rate-limit-address must be', [...BASE, ...IN_FRONT, '--rate-limit-address', '5/30']],
    ['--rate-limit-subject must be', [...BASE, ...IN_FRONT, '--rate-limit-subject', 'many']],
    [
      '--stop-delay must be a number of seconds from 0 to 600',
      [...BASE, ...IN_FRONT, '--stop-delay', '1.5'],
    ],
    [
      '--stop-deadline must be a number of seconds from 0 to 600',
      [...BASE, ...IN_FRONT, '--stop-deadline', '9999'],
    ],
  ])('are refused: %s', async (sentence, flags) => {
    const run = await runCli(['serve', '--production', ...flags])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(`edgemint: ${sentence}`)
    expect(existsSync(state)).toBe(false)
  })

  it('names the variable of a limit', async () => {
    const environment = { RATE_LIMIT_SUBJECT_POLICY: '0/60' }
    const { stderr } = await runCli(['serve', '--production', ...BASE, ...IN_FRONT], {
      environment,
    })
    expect(stderr).toContain(
      'edgemint: RATE_LIMIT_SUBJECT_POLICY must be 1 to 9999999 requests in 10 or 60',
    )
  })

  it.each([...IN_FRONT, ...TLS].filter((flag) => flag.startsWith('--')))(
    'mean nothing without --production: %s',
    async (flag) => {
      const run = await runCli(['serve', '--state', state, flag, '127.0.0.1'])
      expect([run.exitCode, run.stderr]).toEqual([
        2,
        expect.stringContaining(`edgemint: ${flag} needs --production`),
      ])
    },
  )
})

/** Runs `serve` and returns its one reason for not starting. */
async function refuse(
  flags: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const run = await runCli(['serve', '--production', '--port', '0', ...BASE, ...flags], {
    environment: { ...home.environment, ...environment },
  })
  expect(run).toMatchObject({ exitCode: 2, stdout: '' })
  const lines = readLog(run.stderr)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatchObject({ event: 'serve_failed', level: 'error', exitCode: 2 })
  return String(lines[0]?.message)
}

function writeKey(name: string, text: string, mode = 0o600): string {
  const path = join(scratch, name)
  writeFileSync(path, text, { mode })
  chmodSync(path, mode)
  return path
}

describe('signing keys', () => {
  const folder = (name: string, ...files: readonly [string, number][]) => {
    const path = join(scratch, name)
    mkdirSync(path)
    for (const [file, mode] of files) writeKey(join(name, file), '{}', mode)
    return path
  }

  it.each<[string, readonly string[], string]>([
    ['none', [], '--production needs a signing key, and never makes one'],
    [
      'a file of others',
      [`A=${writeKey('open.json', '{}', 0o644)}`],
      'open.json is readable by other users',
    ],
    [
      'a file of the group',
      [`A=${writeKey('group.json', '{}', 0o640)}`],
      'group.json is readable by other users',
    ],
    ['a file that is missing', [`A=${scratch}/none.json`], 'none.json: no such file'],
    ['a directory as a file', [`A=${folder('as-file')}`], 'is not a file'],
    [
      'a name in small letters',
      [`a=${home.keyFile}`],
      'a name has capital letters, digits and underscores',
    ],
    ['a file without a name', [home.keyFile], 'is a file without a name'],
    ['an empty directory', [folder('empty', ['README', 0o600])], 'has no key'],
    [
      'a directory with an open key',
      [folder('keys', ['SIGNING_KEY_A', 0o644])],
      'SIGNING_KEY_A is readable by other users',
    ],
    ['an empty file', [`A=${writeKey('empty.json', '\n')}`], 'empty.json is empty'],
    ['a text that is no key', [`A=${writeKey('text.json', 'hello')}`], 'SIGNING_KEY_A'],
    [
      'a large file',
      [`A=${writeKey('large.json', 'x'.repeat(16 * 1024 + 1))}`],
      'is too large for a key',
    ],
    ['one name twice', [`A=${home.keyFile}`, `A=${home.keyFile}`], 'SIGNING_KEY_A is given twice'],
  ])('are refused: %s', async (_, sources, sentence) => {
    const flags = sources.flatMap((source) => ['--signing-key-file', source])
    expect(await refuse([...IN_FRONT, ...flags])).toContain(sentence)
    expect(existsSync(state)).toBe(false)
  })

  it('are refused in the environment and a file', async () => {
    const flags = [...IN_FRONT, '--signing-key-file', `A=${home.keyFile}`]
    expect(await refuse(flags, { SIGNING_KEY_A: '{}' })).toBe('SIGNING_KEY_A is given twice')
  })

  it('of systemd are refused if everybody can read them', async () => {
    const CREDENTIALS_DIRECTORY = folder('credentials', ['SIGNING_KEY_A', 0o444])
    expect(await refuse(IN_FRONT, { CREDENTIALS_DIRECTORY })).toContain(
      'SIGNING_KEY_A is readable by other users',
    )
  })
})

describe('a certificate', () => {
  const { certificate, privateKey } = makeSelfSigned('sts.example.com')
  const ended = makeSelfSigned('sts.example.com', ['20200101000000Z', '20210101000000Z'])
  const other = makeSelfSigned('a.example')
  const key = writeKey('tls.key', privateKey)

  it.each([
    [
      'has ended',
      writeKey('ended.pem', ended.certificate),
      writeKey('ended.key', ended.privateKey),
      'ended.pem ended on 2021-01-01T00:00:00Z',
    ],
    [
      'is for another host',
      writeKey('other.pem', other.certificate),
      writeKey('other.key', other.privateKey),
      'other.pem is not for sts.example.com, the host of the issuer',
    ],
    ['is missing', join(scratch, 'none.pem'), key, 'none.pem cannot be read (ENOENT)'],
    [
      'has another key',
      writeKey('tls.pem', certificate),
      writeKey('b.key', other.privateKey),
      'b.key is not the key of',
    ],
    [
      'has a key that is not PEM',
      join(scratch, 'tls.pem'),
      home.keyFile,
      'is not a private key in PEM',
    ],
    [
      'has a key that everybody can read',
      join(scratch, 'tls.pem'),
      writeKey('open.key', privateKey, 0o644),
      `open.key is readable by other users: run chmod o-rwx ${join(scratch, 'open.key')}`,
    ],
  ])('that %s is refused with one sentence', async (_, cert, itsKey, sentence) => {
    const flags = ['--tls-cert', cert, '--tls-key', itsKey]
    const message = await refuse([...flags, '--signing-key-file', `A=${home.keyFile}`])
    expect(message).toContain(sentence)
    expect(existsSync(state)).toBe(false)
  })
})

describe('a trust file', () => {
  it('is refused with one line for each problem', async () => {
    const bad = writeKey('bad.yaml', 'version: 1\nissuers: {}\nresources: {}\nrulez: []\n')
    const flags = [...homeFlags(home), ...IN_FRONT, '--port', '0', '--trust', bad]
    const run = await runCli(['serve', ...flags], { environment: home.environment })
    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    const lines = readLog(run.stderr)
    expect(lines.map(({ event }) => event)).toEqual(lines.map(() => 'serve_message'))
    expect(lines[1]?.message).toMatch(/bad\.yaml:4:1: .*rulez/)
  })
})
