/**
 * Backs up a gateway under load again and again, kills some of the backups, and restores each of the
 * others in another place. Compares every restored gateway with what had been acknowledged when its
 * backup began. Run it after `npm run build`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startWorkload, type Workload } from './workload.ts'

const CLI = join(import.meta.dirname, '../../../dist/cli/shell/main.js')
const ROUNDS = 4
const KILLS = 8
/** The load begins before the first backup, so that there is something to lose. */
const WARM_MILLISECONDS = 5000
/** Between two backups, so that each has new changes. */
const BETWEEN_MILLISECONDS = 3000

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-backup-'))
const faults: string[] = []

async function run(args: readonly string[], killAfter?: number): Promise<number | null> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const ended = once(child, 'close')
  if (killAfter !== undefined) {
    await pause(killAfter)
    child.kill('SIGKILL')
  }
  await ended
  if (child.exitCode !== 0 && killAfter === undefined) process.stdout.write(said)
  return child.exitCode
}

function check(isTrue: boolean, fault: string): void {
  if (!isTrue) faults.push(fault)
}

async function backUp(workload: Workload, round: number): Promise<void> {
  const out = join(scratch, `backup-${round}`)
  const acknowledged = workload.acknowledged()
  const startedAt = performance.now()
  const exitCode = await run(['backup', '--state', workload.stateDir, '--out', out, '--with-keys'])
  const milliseconds = Math.round(performance.now() - startedAt)
  check(exitCode === 0, `backup ${round} ended with ${exitCode}`)
  if (exitCode !== 0) return
  const bytes = sizeOf(out)
  const later = workload.acknowledged()
  process.stdout.write(
    `backup ${round}: ${bytes} bytes in ${milliseconds} ms, while ${later.used.length - acknowledged.used.length} tokens were exchanged\n`,
  )
  const state = join(scratch, `restored-${round}`)
  check((await run(['restore', out, '--state', state])) === 0, `restore ${round} failed`)
  const lost = await workload.compare(state, acknowledged)
  for (const fault of lost) faults.push(`restored ${round}: ${fault}`)
  const { used, revoked, revision } = acknowledged
  process.stdout.write(
    `restored ${round}: ${used.length} used tokens, ${revoked.length} revocations, revision ${revision}: ${lost.length} lost\n`,
  )
  rmSync(state, { recursive: true })
}

async function killBackups(workload: Workload): Promise<void> {
  let partial = 0
  for (let attempt = 0; attempt < KILLS; attempt += 1) {
    const out = join(scratch, `killed-${attempt}`)
    await run(['backup', '--state', workload.stateDir, '--out', out], 150 + 60 * attempt)
    if (existsSync(out)) {
      // It was complete before it was killed.
      check((await run(['restore', out, '--state', `${out}-state`])) === 0, `killed ${attempt}`)
      continue
    }
    const rest = readdirSync(scratch).filter((name) => name.startsWith(`.killed-${attempt}.`))
    for (const name of rest) {
      partial += 1
      const exitCode = await run(['restore', join(scratch, name), '--state', `${out}-state`])
      check(exitCode !== 0 && !existsSync(`${out}-state`), `a part of ${out} was restored`)
    }
  }
  process.stdout.write(`${KILLS} backups were killed, and ${partial} left a part\n`)
}

function sizeOf(folder: string): number {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return paths.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0)
}

const workload = await startWorkload(CLI, scratch)
try {
  await pause(WARM_MILLISECONDS)
  for (let round = 0; round < ROUNDS; round += 1) {
    await backUp(workload, round)
    await pause(BETWEEN_MILLISECONDS)
  }
  await killBackups(workload)
} finally {
  await workload.close()
  rmSync(scratch, { recursive: true, force: true })
}
for (const fault of faults) process.stdout.write(`FAULT ${fault}\n`)
process.stdout.write(faults.length === 0 ? 'no acknowledged change was lost\n' : '')
process.exit(faults.length === 0 ? 0 : 1)
