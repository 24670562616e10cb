/** The files that `audit verify --checkpoint` reads. */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { createScratch, runCli } from '../support/run.ts'
import { buildExport, ISSUER, makeKey, textOf } from './export-file.ts'

const write = createScratch()
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
let keys: string
let log: string
let forged: string
/** The header and the checkpoint, as `after=head` and the part `checkpoints` have them. */
let head: string

beforeAll(async () => {
  const key = await makeKey('kid-1')
  keys = write('keys.json', JSON.stringify({ keys: [key.jwk] }))
  const lines = await buildExport(key)
  log = write('export.ndjson', textOf(lines))
  forged = write('forged.ndjson', textOf(await buildExport(key, { batches: [2, 1, 2] })))
  head = `${lines[0]}\n${lines.at(-1)}\n`
})

/** An export of a whole gateway with one part. */
function gatewayExport(part: string, text: string): string {
  const end = { lines: text.split('\n').length - 1, sha256: sha256(text) }
  const header = { edgemint_export: 1, issuer: ISSUER, release: '0.2.0', created_at: 1 }
  const body = `#${JSON.stringify(header)}\n#${JSON.stringify({ part })}\n${text}#${JSON.stringify({ end: part, ...end })}\n`
  return `${body}#${JSON.stringify({ manifest: [{ part, ...end }], sha256: sha256(body) })}\n`
}

const verify = (file: string, kept: string) =>
  runCli(['audit', 'verify', file, '--keys', keys, '--checkpoint', kept])

describe('LOG-06 edgemint audit verify --checkpoint', () => {
  it.each<[string, () => string]>([
    ['the head of a shard', () => head],
    ['an export of a gateway', () => gatewayExport('checkpoints', head)],
    ['an export of a gateway with the log', () => gatewayExport('decisions/0', head)],
  ])('holds the log against %s', async (name, text) => {
    const kept = write(`${name.length}.kept`, text())
    const { stderr, exitCode } = await verify(log, kept)
    expect([stderr, exitCode]).toEqual(['', 0])
    const other = await verify(forged, kept)
    expect([other.exitCode, other.stderr]).toEqual([
      1,
      expect.stringContaining('differs from a checkpoint of batch 3'),
    ])
  })

  it('refuses an export of a gateway with a changed byte', async () => {
    const text = gatewayExport('checkpoints', head).replace('"shard":0', '"shard":1')
    const { stderr, exitCode } = await verify(log, write('changed.export', text))
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('is damaged in the part checkpoints'),
    ])
  })

  it('names the part with a checkpoint that no key verifies', async () => {
    const jwt = head.replace(/"jwt":"[^"]*"/, '"jwt":"a.b.c"')
    const kept = write('foreign.export', gatewayExport('checkpoints', jwt))
    const { stderr, exitCode } = await verify(log, kept)
    expect([exitCode, stderr]).toEqual([
      1,
      `edgemint: ${kept}:checkpoints: is no checkpoint that these keys verify\n`,
    ])
  })
})
