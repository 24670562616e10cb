/** Runs `edgemint serve` in a new process, each with its own state directory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach } from 'vitest'
import { type Started, startProcess } from '../../../scripts/processes.ts'
import { CLI } from './job.ts'

export { CLI }

export function prepareServe() {
  const scratch = mkdtempSync(join(tmpdir(), 'edgemint-serve-'))
  const running: Started[] = []
  let count = 0
  afterEach(async () => {
    for (const { stop } of running.splice(0)) await stop()
  })
  afterAll(() => rmSync(scratch, { recursive: true, force: true }))

  async function start(
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Started> {
    const started = await startProcess(command, args, environment)
    running.push(started)
    return started
  }

  return {
    scratch,
    start,
    newState() {
      count += 1
      return join(scratch, `state-${count}`)
    },
    serve: (args: readonly string[], environment?: Readonly<Record<string, string>>) =>
      start(process.execPath, [CLI, 'serve', '--port', '0', ...args], environment),
  }
}

/** Waits until the condition is true. The time limit of the test ends a wait without end. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20))
}
