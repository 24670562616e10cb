/** The CPU time and the memory of another process, as Linux shows them in `/proc`. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** What `/proc/<pid>/stat` says, in clock ticks and pages. */
export type ProcessStat = {
  readonly userTicks: number
  readonly systemTicks: number
  readonly residentPages: number
}

/** Linux counts in this many ticks a second unless `getconf` says otherwise. */
const USUAL_TICKS = 100
const USUAL_PAGE_BYTES = 4096

/** See proc_pid_stat(5). Throws when the text is not of that form. */
export function parseProcessStat(text: string): ProcessStat {
  // The second field is the program's name in parentheses; it may hold spaces and parentheses.
  const fields = text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/)
  // `fields` begins with field 3 of the manual page.
  const read = (field: number) => {
    const value = Number(fields[field - 3] || Number.NaN)
    if (!Number.isSafeInteger(value)) throw new Error(`field ${field} is not a number`)
    return value
  }
  return { userTicks: read(14), systemTicks: read(15), residentPages: read(24) }
}

/** Undefined where there is no `/proc/<pid>/stat`: only throughput is measured there. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  if (process.platform !== 'linux') return undefined
  return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

/** User and system time together. */
export function cpuSeconds(stat: ProcessStat, ticksPerSecond: number): number {
  return (stat.userTicks + stat.systemTicks) / ticksPerSecond
}

/**
 * CPU time of the running threads of a process, in nanoseconds: far finer than `/proc/<pid>/stat`,
 * which counts hundredths of a second. Undefined where the kernel does not tell.
 */
export function readCpuNanoseconds(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  const tasks = `/proc/${pid}/task`
  try {
    const times = readdirSync(tasks).map((task) => readRunTime(`${tasks}/${task}/schedstat`))
    return times.reduce((sum, time) => sum + time, 0)
  } catch {
    return undefined
  }
}

/** The first field is the time on a core. A thread may end between the listing and the reading. */
function readRunTime(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8').split(' ', 1)[0])
  } catch {
    return 0
  }
}

export function mebibytes(stat: ProcessStat, pageBytes: number): number {
  return (stat.residentPages * pageBytes) / 2 ** 20
}

export function readClockTicks(): number {
  return getconf('CLK_TCK') ?? USUAL_TICKS
}

export function readPageBytes(): number {
  return getconf('PAGESIZE') ?? USUAL_PAGE_BYTES
}

function getconf(name: string): number | undefined {
  try {
    const value = Number(execFileSync('getconf', [name], { encoding: 'utf8', stdio: 'pipe' }))
    return Number.isInteger(value) && value > 0 ? value : undefined
  } catch {
    return undefined
  }
}
