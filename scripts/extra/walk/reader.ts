/** A shell in one folder that runs the blocks of a page one after the other, as a reader does. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export type Reader = {
  /** Resolves when the block has ended, and each server that it starts has printed that it is ready. */
  readonly run: (code: string) => Promise<void>
  /** Ends the shell with every server in it. */
  readonly end: () => Promise<void>
}

const BLOCK_MILLISECONDS = 180_000
const DONE = '::block-has-ended::'
const READY = /^\{.*"issuer":/

export function startReader(folder: string): Reader {
  const shell = spawn('bash', ['--norc', '-eu', '-o', 'pipefail'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that its servers end with it.
    detached: true,
  })
  let said = ''
  let lines: string[] = []
  let look = () => {}
  let hasEnded = false
  createInterface({ input: shell.stdout }).on('line', (line) => {
    lines.push(line)
    look()
  })
  shell.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4000)
  })
  shell.stdin.on('error', () => {})
  const ended = new Promise<void>((resolve) =>
    shell.once('exit', () => {
      hasEnded = true
      look()
      resolve()
    }),
  )

  async function run(code: string): Promise<void> {
    lines = []
    said = ''
    const servers = code.split('\n').filter((line) => line.endsWith('&')).length
    // No command reads the script as its stdin.
    shell.stdin.write(`{\n${code}\n} < /dev/null\necho ${DONE}\n`)
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${why}:\n${code}\n${said}`))
      const timer = setTimeout(() => fail('a block did not end'), BLOCK_MILLISECONDS)
      look = () => {
        const isDone = lines.includes(DONE)
        const isReady = lines.filter((line) => READY.test(line)).length >= servers
        if (!hasEnded && !(isDone && isReady)) return
        clearTimeout(timer)
        if (hasEnded) fail('a block failed')
        else resolve()
      }
      look()
    })
  }

  return {
    run,
    end: async () => {
      if (shell.pid !== undefined && !hasEnded) process.kill(-shell.pid, 'SIGTERM')
      await ended
    },
  }
}
