/**
 * Which core the measured servers run on, and which ones the client and this process. The servers
 * share one core in turns, so that they see the same clock rate and the same neighbours.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export type Cores = { readonly server: number; readonly others: readonly number[] }

/** A list of cores as Linux writes it: `0-2,5`. */
export function parseCoreList(text: string): readonly number[] {
  return text
    .trim()
    .split(',')
    .flatMap((range) => {
      const match = /^(\d+)(?:-(\d+))?$/.exec(range)
      if (match === null) return []
      const first = Number(match[1])
      const last = Number(match[2] ?? match[1])
      return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    })
}

/** The last core that this process may use, and the rest; undefined when nothing can be pinned. */
export function chooseCores(): Cores | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    const status = readFileSync('/proc/self/status', 'utf8')
    const allowed = parseCoreList(/^Cpus_allowed_list:\s*(.+)$/m.exec(status)?.[1] ?? '')
    const server = allowed.at(-1)
    return server === undefined || allowed.length < 2
      ? undefined
      : { server, others: allowed.slice(0, -1) }
  } catch {
    return undefined
  }
}

/** All threads of the process; those that it starts later follow. */
export function pin(pid: number, cores: readonly number[]): void {
  execFileSync('taskset', ['-a', '-p', '-c', cores.join(','), String(pid)], { stdio: 'ignore' })
}
