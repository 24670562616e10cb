/**
 * Starts a server and leaves it running. Returns when the server prints that it is ready. The
 * server is ended when its page is closed.
 */
import { spawn } from 'node:child_process'
import { appendFileSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const READY_MILLISECONDS = 60_000

export async function startServer(name: string, args: readonly string[]): Promise<void> {
  const registry = process.env.DOCS_SERVERS ?? ''
  endEarlier(registry, name)
  const folder = mkdtempSync(join(process.cwd(), `.${name}-`))
  const [out, err] = [join(folder, 'out'), join(folder, 'err')]
  const files = [openSync(out, 'w'), openSync(err, 'w')] as const
  const child = spawn(process.execPath, args, { stdio: ['ignore', ...files], detached: true })
  files.forEach(closeSync)
  appendFileSync(registry, `${name} ${child.pid}\n`)
  const until = Date.now() + READY_MILLISECONDS
  while (!readFileSync(out, 'utf8').includes('\n')) {
    if (child.exitCode !== null || Date.now() > until) {
      process.stderr.write(readFileSync(err, 'utf8'))
      process.exit(child.exitCode ?? 1)
    }
    await wait(50)
  }
  process.stdout.write(readFileSync(out, 'utf8'))
  child.unref()
}

/** Ends an earlier server with this name. A page that starts a server twice uses the second one. */
function endEarlier(registry: string, name: string): void {
  if (!existsSync(registry)) return
  const lines = readFileSync(registry, 'utf8').trim().split('\n')
  for (const line of lines) {
    const [earlier, pid] = line.split(' ')
    if (earlier !== name) continue
    try {
      process.kill(Number(pid), 'SIGTERM')
    } catch {
      // It has already ended.
    }
  }
}
