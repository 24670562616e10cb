/** What is refused as an export: each changed byte, each missing end, a newer version. */
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { startExport } from '../../../src/cli/backup/portable/format.ts'
import { readContents } from '../../../src/cli/backup/portable/import-history.ts'
import { createScratch, runCli } from '../support/run.ts'

const write = createScratch()
const token = write('admin.jwt', 'admin.token.text\n')
// No request is sent for a file that is refused, so nothing needs to listen there.
const flags = ['--url', 'http://127.0.0.1:9', '--token-file', token]
const DOCUMENT = '{"version":1,"issuers":{},"resources":{},"rules":[]}'

async function makeExport(): Promise<Buffer> {
  let text = ''
  const writer = await startExport('https://sts.example.com', 1_795_000_000, async (more) => {
    text += more
  })
  const part = async (name: string, ...lines: readonly string[]) => {
    await writer.startPart(name)
    for (const line of lines) await writer.writeLine(line)
    await writer.endPart()
  }
  await part('documents/1', DOCUMENT)
  const summary = { revision: 1, author: 'ops', applied_at: 1_795_000_000, kept: true }
  await part('revisions', JSON.stringify({ ...summary, digest: `sha256:${'0'.repeat(64)}` }))
  await part('issuer-keys')
  await part('revocations', '{"id":"a"}', '{"id":"b"}')
  await part('checkpoints')
  await writer.end()
  return Buffer.from(text)
}

const whole = await makeExport()
const run = (content: Uint8Array | string, ...more: readonly string[]) =>
  runCli(['import', write('gateway.export', content), ...flags, ...more])

test('a whole export is read', async () => {
  const { exitCode, stderr } = await run(whole, '--only', 'revocations', '--dry-run')
  expect(stderr).toBe('edgemint: 2 revocations would be sent; nothing was changed\n')
  expect(exitCode).toBe(0)
})

test('ADM-15 one changed bit of any byte is refused', async () => {
  for (let at = 0; at < whole.length; at += 1) {
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
    const path = write('changed.export', changed)
    await expect(readContents(path), `byte ${at}`).rejects.toThrow(
      /^refused: .*; nothing was changed$/,
    )
  }
})

test.each([
  ['"id":"b"', '"id":"c"', 'damaged in the part revocations'],
  ['"version":1', '"version":2', 'damaged in the part documents/1'],
  ['"author":"ops"', '"author":"OPS"', 'damaged in the part revisions'],
  ['#{"manifest":', '#{"manifesT":', 'damaged in the'],
  ['{"id":"b"}\n', '', 'damaged in the part revocations'],
  ['https://sts', 'https://stz', 'damaged in the'],
])('%s changed to %s: %s', async (from, to, message) => {
  const { stderr } = await run(whole.toString().replace(from, to))
  expect(stderr).toContain(message)
})

test('a file that ends too early is refused, wherever it ends', async () => {
  const lines = whole.toString().split('\n')
  for (let count = 0; count < lines.length - 1; count += 1) {
    const cut = lines.slice(0, count).map((line) => `${line}\n`)
    const { exitCode, stderr } = await run(cut.join(''))
    expect(exitCode, stderr).toBe(1)
    expect(stderr).toContain('nothing was changed')
  }
  const { stderr } = await run(`${whole.toString()}x\n`)
  expect(stderr).toContain('damaged')
})

test('an export of a newer version or release is refused', async () => {
  const header = '#{"edgemint_export":2,"release":"9.0.0","colour":"red"}\n'
  const { stderr, exitCode } = await run(header)
  expect(stderr).toContain('is from release 9.0.0, and this is ')
  expect(exitCode).toBe(1)
  const text = whole.toString().replace(/"release":"[^"]*"/, '"release":"99.0.0"')
  expect((await run(text)).stderr).toContain('is from release 99.0.0')
})

test.each([
  ['compressed', () => gzipSync(whole), 'is compressed; ', 'decompress it first'],
  [
    'with a byte order mark',
    () => `\ufeff${whole}`,
    'begins with a byte order mark',
    'use a copy as it was exported',
  ],
  [
    'in UTF-16',
    () => Buffer.from(`\ufeff${whole}`, 'utf16le'),
    'is UTF-16 text',
    'use a copy as it was exported',
  ],
  [
    'with CR LF',
    () => `${whole}`.replaceAll('\n', '\r\n'),
    'ends with CR LF',
    'use a copy as it was exported',
  ],
  [
    'of revocations',
    () => '#{"edgemint_revocations":1}\n',
    'is an export of revocations alone',
    'npx edgemint revocations import',
  ],
  [
    'of decisions',
    () => '{"type":"edgemint-decisions","v":1}\n',
    'is an export of the decision log',
    'npx edgemint audit verify',
  ],
])('a file %s is not called damaged', async (_, make, message, hint) => {
  const { exitCode, stderr } = await run(make())
  expect(exitCode).toBe(1)
  expect(stderr).toContain(message)
  expect(stderr).toContain('; nothing was changed\n')
  expect(stderr).toContain(hint)
  expect(stderr).not.toContain('damaged')
})

test('a file that is no export, or no file, is refused', async () => {
  expect((await run('hello\n')).stderr).toContain('damaged in the header')
  const { stderr, exitCode } = await runCli(['import', 'absent.export', ...flags])
  expect(stderr).toContain('cannot read absent.export: no such file')
  expect(exitCode).toBe(2)
})
