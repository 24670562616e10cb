/** Exports that are killed, or meet another program's file: the next run is not refused for them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { writeNewFile } from '../../../src/cli/shell/write-new-file.ts'
import { root } from '../../conformance/support/world.ts'
import { startGateway } from '../support/gateway.ts'
import { createScratch } from '../support/run.ts'
import { until } from '../support/serve.ts'

const gateway = await startGateway()
const token = createScratch()('admin.jwt', 'admin.token.text')
const CLI = join(root, 'dist/cli/shell/main.js')
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-killed-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

let count = 0
function newPath(): string {
  count += 1
  return join(scratch, `file-${count}`)
}

describe('an export that is killed', () => {
  it.each([
    ['export', (out: string) => ['export', '--out', join(out, 'file')], 'file'],
    [
      'decisions export',
      (out: string) => ['decisions', 'export', '--shard', '0', '--out', out],
      'decisions-0.ndjson',
    ],
  ])('leaves no file at its path: %s', async (_, argsFor, name) => {
    const folder = mkdtempSync(join(scratch, 'folder-'))
    // It waits for a gateway that is down, with its file open.
    gateway.answer(({ path }) =>
      path.includes('/.well-known/')
        ? { status: 200, body: { issuer: gateway.url } }
        : { status: 503, headers: { 'retry-after': '60' } },
    )
    const args = [...argsFor(folder), '--url', gateway.url, '--token-file', token]
    const child = spawn(process.execPath, [CLI, ...args], {
      stdio: 'ignore',
      env: { ...process.env, EDGEMINT_RETRY_SECONDS: '300' },
    })
    await until(() => readdirSync(folder).length > 0 && gateway.asked.length > 0)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(existsSync(join(folder, name))).toBe(false)
    expect(readdirSync(folder)).toEqual([
      expect.stringMatching(new RegExp(`^${name}\\.[0-9a-f]{8}\\.partial$`)),
    ])
  })
})

describe('writeNewFile', () => {
  it('writes a whole file that only its owner can read', async () => {
    const path = newPath()
    const result = await writeNewFile(path, 'name another', async (put) => {
      await put('one\n')
      await put('two\n')
      return existsSync(path)
    })
    expect([result, readFileSync(path, 'utf8')]).toEqual([false, 'one\ntwo\n'])
    expect(readdirSync(scratch).filter((name) => name.endsWith('.partial'))).toEqual([])
  })

  it.each([
    ['before', true],
    ['meanwhile', false],
  ])('does not replace a file that another program made %s', async (_, isBefore) => {
    const path = newPath()
    const makeOther = () => writeFileSync(path, 'of another program')
    if (isBefore) makeOther()
    const written = writeNewFile(path, 'name another', async (put) => {
      await put('mine')
      if (!isBefore) makeOther()
    })
    await expect(written).rejects.toThrow(`cannot write ${path}: it exists already; name another`)
    expect(readFileSync(path, 'utf8')).toBe('of another program')
    expect(readdirSync(scratch).filter((name) => name.endsWith('.partial'))).toEqual([])
  })

  it('leaves nothing after a failure', async () => {
    const path = newPath()
    const written = writeNewFile(path, 'name another', async (put) => {
      await put('half')
      throw new Error('no answer')
    })
    await expect(written).rejects.toThrow('no answer')
    expect(existsSync(path)).toBe(false)
    expect(readdirSync(scratch).filter((name) => name.endsWith('.partial'))).toEqual([])
  })
})
