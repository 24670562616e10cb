/** Tables for people. Medians, with the quartiles of what is compared. */
import type { Comparison, Figures } from './rounds.ts'
import type { RefusedRow, RowResult } from './run-variant.ts'
import type { Quartiles } from './statistics.ts'

const NAME_WIDTH = 38

export function renderColumns(names: readonly [string, string]): string {
  const columns = ['CPU µs', 'per s', 'p50 ms', 'p99 ms', 'MiB']
  const [byCpu, byThroughput] = names
  return `${' '.repeat(NAME_WIDTH)}${columns.map((name) => name.padStart(9)).join('')}   ${byCpu.padEnd(20)}${byThroughput}\n`
}

/** The gateway and its floors; what it keeps of a floor is on the floor's line. */
export function renderRow(row: RowResult | RefusedRow): string {
  if ('refused' in row) return `${row.name.padEnd(NAME_WIDTH)}  not loaded: ${row.refused}\n`
  return [
    renderLine(row.name, row.gateway),
    renderLine('  jose floor', row.floors.jose.figures, row.floors.jose.ofFloor),
    renderLine('  bare floor', row.floors.bare.figures, row.floors.bare.ofFloor),
    ...(row.tenRules === undefined
      ? []
      : [renderLine('  ten rules', row.tenRules.figures, row.tenRules.ofFloor)]),
  ].join('')
}

export function renderLine(name: string, figures: Figures, comparison?: Comparison): string {
  const { cpuMicroseconds, exchangesPerSecond, p50Milliseconds, p99Milliseconds } = figures
  const cells = [
    renderNumber(cpuMicroseconds?.median, 0),
    renderNumber(exchangesPerSecond.median, 0),
    renderNumber(p50Milliseconds, 1),
    renderNumber(p99Milliseconds, 1),
    renderNumber(figures.mebibytes, 0),
  ]
  const compared =
    comparison === undefined
      ? ''
      : `   ${renderQuartiles(comparison.byCpu).padEnd(20)}${renderQuartiles(comparison.byThroughput)}`
  return `${name.padEnd(NAME_WIDTH)}${cells.map((cell) => cell.padStart(9)).join('')}${compared}\n`
}

function renderNumber(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? '-' : value.toFixed(digits)
}

function renderQuartiles(quartiles: Quartiles | null): string {
  if (quartiles === null) return '-'
  const { q1, median, q3 } = quartiles
  return `${median.toFixed(2)} (${q1.toFixed(2)} to ${q3.toFixed(2)})`
}
