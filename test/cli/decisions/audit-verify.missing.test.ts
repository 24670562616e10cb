/** Batches that the gateway could not read leave a gap in the chain, which is never said to be whole. */
import { beforeAll, describe, expect, it } from 'vitest'
import { createScratch, runCli } from '../support/run.ts'
import { buildExport, ISSUER, type Key, makeKey, textOf } from './export-file.ts'

const write = createScratch()
let key: Key
let keys: string

beforeAll(async () => {
  key = await makeKey('kid-1')
  keys = write('keys.json', JSON.stringify({ keys: [key.jwk] }))
})

const CHAIN = { batches: [2, 1, 3, 1, 2], signed: [1, 5], missing: [2, 3] } as const

const verify = (file: string, ...flags: string[]) =>
  runCli(['audit', 'verify', file, '--keys', keys, ...flags])

describe('LOG-06 edgemint audit verify of an export with missing batches', () => {
  it('names them, and verifies the batches before and after', async () => {
    const lines = await buildExport(key, CHAIN)
    const file = write('export.ndjson', textOf(lines))
    const { stdout, stderr, exitCode } = await verify(file)
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      `edgemint: ${file}, line 7: batches 2 to 3 with 4 decisions are missing: the gateway could not read them\n`,
    )
    expect(stdout.replace(/\b[0-9a-f]{64}\b/, 'HEAD').replace(/^.*(?=export)/, '')).toBe(
      `export.ndjson: not whole, shard 0 of ${ISSUER}
  batches: 1 to 5, 5 decisions, without 2 to 3
  head: HEAD
  checkpoints: 2 verified, of the batches, 1 and 4 to 5 are covered
`,
    )
    const json = JSON.parse((await verify(file, '--json')).stdout)
    expect(json).toMatchObject({ ok: false, gaps: [expect.stringContaining('batches 2 to 3')] })
  })

  it('does not take a checkpoint after the gap as a proof of the batches before it', async () => {
    const file = write('late.ndjson', textOf(await buildExport(key, { ...CHAIN, signed: [5] })))
    const { stdout } = await verify(file)
    expect(stdout).toContain('checkpoints: 1 verified, of the batches, 4 to 5 are covered')
  })

  it.each<[string, (copy: string[]) => void, string]>([
    ['another head', (copy) => edit(copy, 6, /[0-9a-f]{64}/, 'a'.repeat(64)), '10: does not match'],
    ['an earlier batch', (copy) => edit(copy, 6, '"sequence":3', '"sequence":1'), '7: does not'],
    ['another form', (copy) => edit(copy, 6, ',', ', '), '7: does not name the missing batches'],
    ['a changed batch after it', (copy) => edit(copy, 8, 'granted', 'grantee'), '10: does not mat'],
  ])('names the fault of a gap with %s', async (_, change, fault) => {
    const lines = await buildExport(key, CHAIN)
    change(lines)
    const { stdout, stderr, exitCode } = await verify(write('export.ndjson', textOf(lines)))
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('not intact')])
    expect(stderr).toContain(`export.ndjson:${fault}`)
  })
})

function edit(copy: string[], at: number, from: string | RegExp, to: string): void {
  copy[at] = (copy[at] ?? '').replace(from, to)
}
