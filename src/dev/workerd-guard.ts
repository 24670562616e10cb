/**
 * workerd outlives a parent that is killed outright, and would keep the port and the state's files
 * open. This guard stands between the two: it starts workerd and ends it when its parent is gone.
 */
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Writes the guard beside the state and answers with its path; undefined where it cannot run. */
export function writeWorkerdGuard(stateDir: string): string | undefined {
  if (process.platform === 'win32') return undefined
  const path = join(stateDir, 'workerd-guard')
  const node = /\s/.test(process.execPath) ? '/usr/bin/env node' : process.execPath
  const settings = JSON.stringify({ workerd: findWorkerd(), pidFile: workerdPidFile(stateDir) })
  writeFileSync(path, `#!${node}\n'use strict'\nconst settings = ${settings}\n${GUARD}`, {
    mode: 0o755,
  })
  return path
}

/** Where the guard writes the process id of workerd. */
export function workerdPidFile(stateDir: string): string {
  return join(stateDir, 'workerd.pid')
}

/** The binary that Miniflare itself would start. */
function findWorkerd(): string {
  const require = createRequire(import.meta.url)
  const fromMiniflare = createRequire(require.resolve('miniflare'))
  return fromMiniflare.resolve('workerd/bin/workerd')
}

const GUARD = `
const { spawn } = require('node:child_process')
const { writeFileSync } = require('node:fs')
const parent = process.ppid
// The first four descriptors are workerd's: configuration comes by stdin, readiness leaves by 3.
const child = spawn(settings.workerd, process.argv.slice(2), { stdio: ['inherit', 'inherit', 'inherit', 3] })
writeFileSync(settings.pidFile, String(child.pid))
const watch = setInterval(() => { if (process.ppid !== parent) child.kill('SIGKILL') }, 50)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => { clearInterval(watch); process.exit(signal ? 1 : (code ?? 1)) })
`
