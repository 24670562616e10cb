/** The report of `npm run bench:cold` for people: one block for each size, with the bounds. */
import type { Machine } from '../machine.ts'
import type { Quartiles } from '../statistics.ts'
import type { IsolateMemory } from './isolate-memory.ts'

type Requests = {
  readonly cpuMilliseconds: Quartiles | null
  readonly milliseconds: Quartiles
  /** In the worst sample. */
  readonly mostLoads: number
  /** Resident memory of the process, median. */
  readonly mebibytes: number | null
}

export type SizeResult = {
  readonly rules: number
  readonly first: Requests
  readonly together: Requests & { readonly requests: number }
  readonly memory: IsolateMemory
  readonly change: {
    readonly slowestMilliseconds: { readonly quiet: Quartiles; readonly changed: Quartiles }
    /** Of a load above a question without news. No request can be delayed by more. */
    readonly addedCpuMilliseconds: Quartiles | null
  }
}

const LABEL_WIDTH = 52

export function renderHead(machine: Machine, samples: number): string {
  const { cores, model, memoryGibibytes, system, node } = machine
  return `machine: ${cores} × ${model}, ${memoryGibibytes} GiB, ${system}, Node ${node}
method: ${samples} cold starts of each kind, ${samples} changes; medians, with quartiles
`
}

/** `ten` is the size that the resident memory is compared with. */
export function renderSize(size: SizeResult, ten: SizeResult | undefined): string {
  const { rules, first, together, memory, change } = size
  /** The bounds of the design are for this size. */
  const bound = (text: string) => (rules === 10_000 ? `   bound: ${text}` : '')
  const line = (label: string, value: string, end = '') =>
    `  ${label.padEnd(LABEL_WIDTH)}${value}${end}\n`
  const isolate = memory.heapMebibytes + memory.bufferMebibytes
  const more =
    first.mebibytes === null || ten === undefined || ten.first.mebibytes === null
      ? '-'
      : `${(first.mebibytes - ten.first.mebibytes).toFixed(1)} MiB`
  const { quiet, changed } = change.slowestMilliseconds
  return [
    `${rules.toLocaleString('en')} rules\n`,
    line('first request, CPU', render(first.cpuMilliseconds, 'ms'), bound('100 ms')),
    line('first request, until the answer', render(first.milliseconds, 'ms')),
    line('memory of the isolate: heap and buffers', `${isolate.toFixed(1)} MiB`, bound('64 MB')),
    line('resident memory above that with 10 rules', more, bound('64 MB')),
    line(
      `${together.requests} first requests at once, CPU`,
      render(together.cpuMilliseconds, 'ms'),
    ),
    line(
      `${together.requests} first requests at once, loads (most)`,
      String(together.mostLoads),
      bound('1'),
    ),
    line('slowest request beside a question without news', render(quiet, 'ms')),
    line('slowest request beside a change', render(changed, 'ms')),
    line('CPU that a change adds', render(change.addedCpuMilliseconds, 'ms'), bound('20 ms')),
  ].join('')
}

function render(quartiles: Quartiles | null, unit: string): string {
  if (quartiles === null) return '-'
  const { q1, median, q3 } = quartiles
  return `${median.toFixed(1)} ${unit} (${q1.toFixed(1)} to ${q3.toFixed(1)})`
}
