import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'
import { buildExport, ISSUER, type Key, makeKey, recordLine, textOf } from './export-file.ts'

const write = createScratch()
const gateway = await startGateway()
let key: Key
let other: Key
let keys: string
let lines: string[]

beforeAll(async () => {
  key = await makeKey('kid-1')
  other = await makeKey('kid-2')
  keys = write('keys.json', JSON.stringify({ keys: [key.jwk] }))
  lines = await buildExport(key)
})

const HEAD = /\b[0-9a-f]{64}\b/
const verify = (text: string | Uint8Array, ...flags: string[]) =>
  runCli(['audit', 'verify', write('export.ndjson', text), '--keys', keys, ...flags])

/** Where the command sees the first fault of the text: its line and sentence. */
async function faultOf(text: string | Uint8Array, ...flags: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await verify(text, ...flags)
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('not intact')])
  return stderr.split('\n')[0]?.replace(/^.*export\.ndjson:/, '') ?? ''
}

/** The lines with one change. */
function changed(change: (copy: string[]) => void): string {
  const copy = [...lines]
  change(copy)
  return textOf(copy)
}

describe('LOG-06 edgemint audit verify', () => {
  it('verifies an export with its checkpoint', async () => {
    const { stdout, stderr, exitCode } = await verify(textOf(lines), '--issuer', ISSUER)
    expect([stderr, exitCode]).toEqual(['', 0])
    expect(stdout.replace(HEAD, 'HEAD').replace(/^.*(?=export)/, '')).toBe(
      `export.ndjson: intact, shard 0 of ${ISSUER}
  batches: 1 to 3, 6 decisions
  head: HEAD
  checkpoints: 1 verified, batches up to 3 are covered
`,
    )
  })

  it('reads gzip, stdin, and a last line without its end', async () => {
    expect((await verify(gzipSync(textOf(lines)))).exitCode).toBe(0)
    expect((await verify(lines.join('\n'))).exitCode).toBe(0)
    const piped = await runCli(['audit', 'verify', '-', '--keys', keys], { stdin: textOf(lines) })
    expect(piped.exitCode).toBe(0)
  })

  it.each([
    ['a byte order mark', (text: string) => `\ufeff${text}`, '1: begins with a byte order mark'],
    [
      'UTF-16',
      (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
      '1: is UTF-16 text: another program changed the file',
    ],
    [
      'a second compression',
      (text: string) => gzipSync(gzipSync(text)),
      '1: is compressed twice: decompress the file once',
    ],
  ])('says what another program did to the file: %s', async (_, change, fault) => {
    expect(await faultOf(change(textOf(lines)))).toContain(fault)
  })

  it('LOG-06 names the batch of every single changed byte', async () => {
    const bytes = Buffer.from(textOf(lines))
    // The line of each byte. A batch begins at its batch line and ends at its head line.
    let line = 1
    const silent: number[] = []
    for (let at = 0; at < bytes.length; at += 1) {
      const own = line
      if (bytes[at] === 0x0a) line += 1
      if (at % 7 !== 0 && bytes[at] !== 0x0a) continue
      const copy = Buffer.from(bytes)
      copy[at] = (copy[at] ?? 0) ^ 1
      const { stderr, exitCode } = await verify(copy)
      if (exitCode !== 1) silent.push(at)
      const named = Number(/export\.ndjson:(\d+): /.exec(stderr)?.[1])
      // The fault is in the line itself, or where the head of its batch no longer fits.
      const end = lines.findIndex((text, index) => index + 1 >= own && text.includes('"head"'))
      expect(named, `byte ${at}`).toBeGreaterThanOrEqual(Math.min(own, 2))
      expect(named, `byte ${at}`).toBeLessThanOrEqual(Math.max(own, end + 2))
    }
    expect(silent).toEqual([])
  }, 60_000)

  it.each<[string, (copy: string[]) => void, RegExp]>([
    [
      'a record removed',
      (copy) => copy.splice(2, 1),
      /^5: (?:does not match batch 1|is not the head)/,
    ],
    [
      'two records swapped',
      (copy) => copy.splice(2, 2, copy[3] ?? '', copy[2] ?? ''),
      /^5: does not match batch 1, which is in the lines from 2$/,
    ],
    [
      'a record of another batch',
      (copy) => copy.splice(2, 1, copy[6] ?? ''),
      /^5: does not match batch 1,/,
    ],
    [
      'a record added',
      (copy) => copy.splice(3, 0, recordLine(0, 50)),
      /^5: is not the head of batch 1$/,
    ],
    ['a batch removed', (copy) => copy.splice(5, 3), /^6: has batch 3 where batch 2 is expected$/],
    [
      'two batches swapped',
      (copy) => copy.splice(1, 7, ...copy.slice(5, 8), ...copy.slice(1, 5)),
      /^2: has batch 2 where batch 1 is expected$/,
    ],
    [
      'a checkpoint behind another batch',
      (copy) => copy.splice(8, 0, ...copy.splice(13, 1)),
      /^9: is a checkpoint of batch 3, but follows batch 2$/,
    ],
    ['the end removed', (copy) => copy.splice(9), /^10: is missing: batch 3 is incomplete$/],
    ['no header', (copy) => copy.splice(0, 1), /^1: is not the header of an export/],
    ['an empty line', (copy) => copy.splice(1, 0, ''), /^2: is neither a batch nor a checkpoint$/],
    [
      'Windows line ends',
      (copy) => copy.splice(0, copy.length, ...copy.map((line) => `${line}\r`)),
      /^1: ends with CR LF: another program changed the file/,
    ],
  ])('names the place of %s', async (_, change, fault) => {
    expect(await faultOf(changed(change))).toMatch(fault)
  })

  const insert = (line: number, from: string, to: string) => (copy: string[]) => {
    copy[line - 1] = (copy[line - 1] ?? '').replace(from, to)
  }
  it.each<[string, number, (copy: string[]) => void]>([
    ['a carriage return after a batch line', 2, insert(2, '}', '}\r')],
    ['a member in the header', 1, insert(1, '}', ',"note":"x"}')],
    ['a member twice in the header', 1, insert(1, '"shard"', '"iss":"https://x","shard"')],
    ['a space in the header', 1, insert(1, ',', ', ')],
    ['a member in a head line', 5, insert(5, '}', ',"note":"x"}')],
    ['a space in a head line', 5, insert(5, ':', ': ')],
    ['a carriage return after a head line', 5, insert(5, '}', '}\r')],
    ['a member in a checkpoint line', 14, insert(14, '}', ',"note":"x"}')],
    ['a space in a checkpoint line', 14, insert(14, ':', ': ')],
  ])('names the line of %s', async (_, line, change) => {
    expect(await faultOf(changed(change))).toMatch(
      new RegExp(`^${line}: is (?:not|neither|a batch line in another form)`),
    )
  })

  it('names a chain that was written again from the start', async () => {
    const forged = await buildExport(key, { batches: [2, 1, 2] })
    const kept = write('kept.jws', `${JSON.parse(lines.at(-1) ?? '').jwt}\n`)
    expect((await verify(textOf(forged))).exitCode).toBe(0)
    expect(await faultOf(textOf(forged), '--checkpoint', kept)).toMatch(
      /^\d+: differs from a checkpoint of batch 3/,
    )
    const short = await buildExport(key, { batches: [2, 1], signed: [] })
    expect(await faultOf(textOf(short), '--checkpoint', kept)).toMatch(
      /is missing: a kept checkpoint covers batch 3$/,
    )
    expect((await verify(textOf(lines), '--checkpoint', kept)).exitCode).toBe(0)
  })

  it('says when no file has the batch of a kept checkpoint', async () => {
    const jwt = await key.sign({ iss: ISSUER, iat: 1, shard: 5, sequence: 2, head: '0'.repeat(64) })
    const { stderr, exitCode } = await verify(textOf(lines), '--checkpoint', write('k.jws', jwt))
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      `edgemint: no file has batch 2 of shard 5 of ${ISSUER}, which a kept checkpoint covers
edgemint: hint: name the earlier export or the object of the bucket that has the batch as well
edgemint: hint: if there is none, because retention deleted the batch, leave its checkpoint out
`,
    )
  })

  it.each([
    ['with keys', true, 'is no checkpoint that these keys verify'],
    ['without keys', false, 'is no checkpoint'],
  ])('refuses a file of another kind as checkpoints, %s', async (_, hasKeys, fault) => {
    const file = write('whole.ndjson', textOf(lines))
    const kept = write('other.txt', 'no checkpoint\n')
    const { stderr, exitCode } = await runCli([
      ...['audit', 'verify', file, '--checkpoint', kept],
      ...(hasKeys ? ['--keys', keys] : []),
    ])
    expect([exitCode, stderr]).toEqual([1, `edgemint: ${kept}:1: ${fault}\n`])
  })

  it('refuses a checkpoint of a retired key, and names the key', async () => {
    const old = await buildExport(other)
    const { stderr, exitCode } = await verify(textOf(old))
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`:14: is a checkpoint that no key of the gateway verifies\n`)
    expect(stderr).toContain('edgemint: hint: --keys has no key kid-2: a retired key')
    const both = write('both.json', JSON.stringify({ keys: [key.jwk, other.jwk] }))
    const file = write('old.ndjson', textOf(old))
    expect((await runCli(['audit', 'verify', file, '--keys', both])).exitCode).toBe(0)
  })

  it('refuses a signed statement of another kind as a checkpoint', async () => {
    const claims = { iss: ISSUER, iat: 1, shard: 0, sequence: 3, head: '0'.repeat(64) }
    const jwt = await key.sign(claims, 'at+jwt')
    const text = changed((copy) => copy.splice(-1, 1, JSON.stringify({ type: 'checkpoint', jwt })))
    expect(await faultOf(text)).toMatch(/^14: is a checkpoint that no key of the gateway verifies$/)
  })

  it('refuses an export of another deployment', async () => {
    expect(await faultOf(textOf(lines), '--issuer', 'https://other.example.com')).toBe(
      '1: is an export of another deployment',
    )
  })

  it('accepts another spelling of the issuer URL', async () => {
    const spelling = `${ISSUER.replace('https://', 'HTTPS://')}:443/`
    expect((await verify(textOf(lines), '--issuer', spelling)).exitCode).toBe(0)
  })

  it('compares heads without keys, and says that signatures are not verified', async () => {
    const file = write('plain.ndjson', textOf(lines))
    const { stdout, stderr, exitCode } = await runCli(['audit', 'verify', file])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('checkpoints: 1 not verified, batches up to 3 are covered')
    expect(stderr).toBe('edgemint: signatures are not verified: give --keys\n')
  })

  it('names the place where two exports were joined to one file', async () => {
    const rest = await buildExport(key, { after: 3, batches: [2, 1, 3, 1] })
    expect(await faultOf(`${textOf(lines)}${textOf(rest)}`)).toBe(
      '15: is the header of another export: give each export as a file of its own',
    )
  })

  it.each([
    ['is not UTF-8', Buffer.from([0x7b, 0xff, 0x0a]), /^1: is not UTF-8 text$/],
    ['has an endless line', Buffer.alloc(1024 * 1024 + 70_000, 0x61), /^1: is longer than/],
    ['is empty', Buffer.alloc(0), /^1: is missing: the file is empty$/],
  ])('refuses a file that %s', async (_, bytes, fault) => {
    expect(await faultOf(bytes)).toMatch(fault)
  })

  it('refuses a damaged archive, and names the line', async () => {
    const whole = gzipSync(textOf(lines), { level: 0 })
    expect(await faultOf(whole.subarray(0, -20))).toMatch(/^\d+: is where the compressed data/)
  })

  it('gets the keys from the gateway', async () => {
    const file = write('own.ndjson', textOf(lines))
    const run = () => runCli(['audit', 'verify', file, '--keys', `${gateway.url}/jwks.json`])
    gateway.answer(() => ({ status: 200, body: { keys: [key.jwk] } }))
    expect((await run()).exitCode).toBe(0)
    expect(gateway.asked).toMatchObject([{ method: 'GET', path: '/jwks.json' }])
    gateway.answer(() => ({ status: 500 }))
    expect((await run()).exitCode).toBe(3)
    gateway.answer(() => ({ status: 200, body: { hello: 1 } }))
    expect((await run()).exitCode).toBe(2)
  })

  it('prints the result as JSON, also of a fault', async () => {
    const good = JSON.parse((await verify(textOf(lines), '--json')).stdout)
    expect(good).toMatchObject({
      ok: true,
      signatures: 'verified',
      gaps: [],
      files: [{ ok: true, shard: 0, records: 6, lastSequence: 3, provenSequence: 3 }],
    })
    const bad = JSON.parse(
      (
        await verify(
          changed((copy) => copy.splice(2, 1)),
          '--json',
        )
      ).stdout,
    )
    expect(bad).toMatchObject({ ok: false, files: [{ ok: false, fault: { line: 5 } }] })
  })

  it('ADM-13 escapes text of a file', async () => {
    const issuer = 'https://sts.example.com/\u001b[2J\u202e'
    const file = write('esc.ndjson', textOf(await buildExport(key, { issuer })))
    const { stdout } = await runCli(['audit', 'verify', file, '--keys', keys])
    expect(stdout).toContain('https://sts.example.com/\\u{1b}[2J\\u{202e}')
  })
})
