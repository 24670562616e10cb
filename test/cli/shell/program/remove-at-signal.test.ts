import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { root } from '../../support/run.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-signal-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const MODULE = pathToFileURL(join(root, 'dist/cli/shell/program/remove-at-signal.js')).href
const PROGRAM = `
  import { mkdirSync, writeFileSync } from 'node:fs'
  import { removeAtSignal } from '${MODULE}'
  const [folder, file, kept] = process.argv.slice(1)
  await removeAtSignal([folder, file], async () => {
    mkdirSync(folder + '/below', { recursive: true })
    for (const path of [file, kept]) writeFileSync(path, '')
    console.log('ready')
    await new Promise((resolve) => setTimeout(resolve, 600_000))
  })`

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s removes what is unfinished, and ends the command as without it',
  async (signal) => {
    const paths = ['folder', 'file', `kept-${signal}`].map((name) => join(scratch, name))
    const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, ...paths], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    child.kill(signal)
    expect(await once(child, 'exit')).toEqual([null, signal])
    const left = readdirSync(scratch)
    expect(left).toContain(`kept-${signal}`)
    expect(left.filter((name) => !name.startsWith('kept-'))).toEqual([])
  },
)
