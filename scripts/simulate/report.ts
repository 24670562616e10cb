/** Prints reports as a table for people. */
import type { Report } from './simulate.ts'
import type { Times } from './statistics.ts'
import type { Event, InvariantBroken } from './trace.ts'
import { START } from './world.ts'

/** The design allows one Durable Object this many calls in any second. */
const MAX_CALLS_PER_SECOND = 300

/** Where one simulated isolate stands for more, the worst second is mostly chance. */
const MAX_FACTOR = 20

export function renderReport(report: Report): string {
  const { scenario, topology, isolates, simulated, seed, answered, staleness } = report
  const isCoarse = isolates > MAX_FACTOR * simulated
  const rows = busiest(report.loads).map(({ object, callsP50, callsWorst, bytes }) => {
    const isOver =
      object !== 'KV reads' && (isCoarse ? callsP50 : callsWorst) > MAX_CALLS_PER_SECOND
    const mark = isOver ? `  over ${MAX_CALLS_PER_SECOND} a second` : ''
    const rates = `${pad(callsP50)} ${pad(isCoarse ? '-' : callsWorst)} ${pad(Math.round(bytes / 1e6))}`
    return `  ${object.padEnd(24)} ${rates}${mark}`
  })
  return [
    `${scenario}, topology ${topology}, seed ${seed}: ${count(isolates)} isolates${
      simulated < isolates ? `, ${count(simulated)} of them simulated` : ''
    }`,
    `  ${'object'.padEnd(24)} ${'p50/s'.padStart(10)} ${'worst/s'.padStart(10)} ${'MB'.padStart(10)}`,
    ...rows,
    `  ${'staleness in seconds'.padEnd(24)} ${'p50'.padStart(10)} ${'p99'.padStart(10)} ${'worst'.padStart(10)}`,
    renderTimes('the store reachable', staleness.reachable),
    renderTimes('changes not known', staleness.missed),
    renderTimes('the store not reachable', staleness.cutOff),
    renderTimes('after a clock set back', staleness.setBack),
    renderTimes('revocations not known', staleness.revocations),
    `  answered: exchanges ${percent(answered.exchanges)}, checks ${percent(answered.checks)}; ` +
      `keys found ${percent(answered.keys)}`,
    `  ${report.revisions} revisions, ${report.revocations} revocations; every invariant held`,
    '',
  ].join('\n')
}

/** Of many readers, only the one with the worst second is shown. */
function busiest(loads: Report['loads']): Report['loads'] {
  const readers = loads
    .filter(({ object }) => object.startsWith('reader '))
    .toSorted((a, b) => b.callsWorst - a.callsWorst)
  const others = loads.filter((load) => !readers.includes(load))
  return [...others, ...readers.slice(0, 1)]
}

export function renderBroken(broken: InvariantBroken, seed: number): string {
  const line = ({ at, isolate, text }: Event) =>
    `  ${time(at)} ${isolate === undefined ? 'world' : `isolate ${isolate}`}: ${text}`
  return [
    `an invariant is broken: ${broken.message}`,
    `seed ${seed}, at ${time(broken.at)}`,
    ...broken.trace.map(line),
    '',
  ].join('\n')
}

function renderTimes(name: string, { p50, p99, worst }: Times): string {
  return `  ${name.padEnd(24)} ${[p50, p99, worst].map((value) => pad(value.toFixed(1))).join(' ')}`
}

function pad(value: number | string): string {
  return (typeof value === 'number' ? count(value) : value).padStart(10)
}

function count(value: number): string {
  return value.toLocaleString('en')
}

function percent(share: number): string {
  return `${(100 * share).toFixed(4)} %`
}

/** Seconds of virtual time since the start. */
function time(milliseconds: number): string {
  return `${((milliseconds - START) / 1000).toFixed(3)} s`
}
