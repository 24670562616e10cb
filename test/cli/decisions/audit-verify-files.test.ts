import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { createScratch, runCli } from '../support/run.ts'
import { type BuildOptions, buildExport, type Key, makeKey, textOf } from './export-file.ts'

const write = createScratch()
let key: Key
let keys: string
let lines: string[]

beforeAll(async () => {
  key = await makeKey('kid-1')
  keys = write('keys.json', JSON.stringify({ keys: [key.jwk] }))
  lines = await buildExport(key)
})

describe('LOG-06 edgemint audit verify with several files', () => {
  it('joins files of one shard, and names a gap between them', async () => {
    const first = write('1.ndjson', textOf(await buildExport(key, { batches: [2], signed: [1] })))
    const second = write('2.ndjson', textOf(await buildExport(key, { after: 1 })))
    const third = write('3.ndjson', textOf(await buildExport(key, { after: 2 })))
    const other = write('4.ndjson', textOf(await buildExport(key, { shard: 1 })))
    const run = (...files: string[]) => runCli(['audit', 'verify', ...files, '--keys', keys])
    expect((await run(second, other, first)).exitCode).toBe(0)
    const { stderr, exitCode } = await run(first, third)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /3\.ndjson does not follow .*1\.ndjson: it begins with batch 3, and the other ends with batch 1\nedgemint: 2 of 2 files are intact, but a batch is missing or differs\n$/,
    )
    const forged = write(
      'f.ndjson',
      textOf(await buildExport(key, { batches: [1, 1, 3], after: 1 })),
    )
    expect((await run(first, forged)).stderr).toContain('its chain is another one')
  })

  it('looks for the batch of a kept checkpoint in all files of its shard', async () => {
    const first = write('k1.ndjson', textOf(await buildExport(key, { batches: [2], signed: [1] })))
    const rest = write('k2.ndjson', gzipSync(textOf(await buildExport(key, { after: 1 }))))
    const jwts = [await buildExport(key, { batches: [2], signed: [1] }), lines].map(
      (export_) => JSON.parse(export_.at(-1) ?? '').jwt,
    )
    const kept = write('all.jws', jwts.join('\n'))
    const run = (...files: string[]) =>
      runCli(['audit', 'verify', ...files, '--keys', keys, '--checkpoint', kept])
    expect(await run(rest, first)).toMatchObject({
      stderr: 'edgemint: 2 of 2 files are intact\n',
      exitCode: 0,
    })
    const { stderr, exitCode } = await run(first)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/k1\.ndjson:7: is missing: a kept checkpoint covers batch 3\n$/)
  })

  it('accepts files with the same batches if these are equal', async () => {
    const build = async (name: string, options: BuildOptions) =>
      write(name, textOf(await buildExport(key, options)))
    const short = await build('o1.ndjson', { batches: [2, 1], signed: [] })
    const whole = await build('o2.ndjson', {})
    const end = await build('o3.ndjson', { batches: [2, 1, 3, 1], after: 1 })
    const run = (...files: string[]) => runCli(['audit', 'verify', ...files, '--keys', keys])
    expect(await run(whole, short, end, short)).toMatchObject({
      stderr: 'edgemint: 4 of 4 files are intact\n',
      exitCode: 0,
    })
    const forged = await build('o4.ndjson', { batches: [2, 2, 3], after: 1 })
    const { stderr, exitCode } = await run(whole, forged)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/o2\.ndjson has batches that another file has too, and they differ\n/)
    const piped = await runCli(['audit', 'verify', short, '-'], { stdin: textOf(lines) })
    expect(piped.exitCode).toBe(1)
    expect(piped.stderr).toContain('- has batches that another file has too, which cannot be')
  })
})
