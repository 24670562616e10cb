/**
 * Writes the generated tables of docs/cost.md: prices, measured operations, and the cost of a month.
 * They are between markers. The rest of the page is edited by hand. A test compares the page with this
 * program. Run it after a change of scripts/cost: `node scripts/cost.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import {
  ASSUMED,
  countUnits,
  type Line,
  LOADS,
  type Load,
  type Mode,
  OPTIONAL,
  PLAN_DOLLARS,
  PRICES,
  PRICES_READ,
  priceOf,
  totalOf,
} from './cost/model.ts'
import MEASURED from './cost/operations.json' with { type: 'json' }

export const COST_DOCS = new URL('../docs/cost.md', import.meta.url)

const BLOCK = /<!-- (totals|lines|operations|prices|assumed) -->\n[\s\S]*?<!-- end -->/g
const MODES = ['reuse', 'once', 'strict'] as const satisfies readonly Mode[]
const LINES = Object.keys(PRICES) as readonly Line[]

export function renderCostDocs(page: string): string {
  const tables: Readonly<Record<string, () => readonly string[]>> = {
    totals: renderTotals,
    lines: renderLines,
    operations: renderOperations,
    prices: renderPrices,
    assumed: renderAssumed,
  }
  return page.replaceAll(BLOCK, (_block, title: string) =>
    [`<!-- ${title} -->`, '', ...(tables[title]?.() ?? []), '', '<!-- end -->'].join('\n'),
  )
}

function renderTotals(): readonly string[] {
  return [
    `| exchanges a second | in a month | \`replay: reuse\` | \`replay: once\` | \`once\` and \`audit: strict\` |`,
    '|---|---|---|---|---|',
    ...LOADS.map((load) => {
      const { requests } = countUnits(load, 'reuse')
      const totals = MODES.map((mode) => dollars(totalOf(load, mode)))
      return row([count(load.exchangesPerSecond), count(requests), ...totals])
    }),
  ]
}

/** With `replay: once`, which most rules have. */
function renderLines(): readonly string[] {
  const cell = (load: Load, line: Line) => {
    const units = countUnits(load, 'once')[line]
    return `${count(units)} ${PRICES[line].unit}: ${dollars(priceOf(line, units))}`
  }
  return [
    row(['', ...LOADS.map((load) => `${count(load.exchangesPerSecond)}/s`)]),
    '|---|---|---|---|',
    row(['plan', ...LOADS.map(() => dollars(PLAN_DOLLARS))]),
    ...LINES.map((line) => {
      const name = OPTIONAL.includes(line) ? `${PRICES[line].what} (optional)` : PRICES[line].what
      return row([name, ...LOADS.map((load) => cell(load, line))])
    }),
  ]
}

function renderOperations(): readonly string[] {
  const { decisionLog, replayLedger } = MEASURED
  const rows = (name: string, { written, read }: { written: number; read: number }) =>
    row([name, String(written), String(read)])
  return [
    '| operation | rows written | rows read |',
    '|---|---|---|',
    rows('a batch of one decision', decisionLog.appendOne),
    rows('a batch of 256 decisions', decisionLog.appendFull),
    rows('compressing 1,024 decisions of batches of 256, with a checkpoint', decisionLog.block),
    rows('compressing 1,024 batches of one decision', decisionLog.blockOfSmallBatches),
    rows('a mark of `replay: once`', replayLedger.claim),
    row(['deleting a mark', String(replayLedger.purgeOfTwo / 2), '–']),
  ]
}

function renderPrices(): readonly string[] {
  return [
    `| what | included in a month | price | source, read on ${PRICES_READ} |`,
    '|---|---|---|---|',
    ...LINES.map((line) => {
      const { what, included, dollars: amount, per, unit, source } = PRICES[line]
      const each = per === 1 ? `$${amount} for a ${unit} and month` : `$${amount} a million ${unit}`
      return row([what, `${count(included)} ${unit}`, each, source])
    }),
  ]
}

function renderAssumed(): readonly string[] {
  return [
    '| exchanges a second | isolates | shards of the decision log | decisions of a batch |',
    '|---|---|---|---|',
    ...LOADS.map(({ exchangesPerSecond: rate, isolates, shards }) => {
      const batch = Math.min(64, Math.max(1, (rate / isolates) * 0.5))
      return row([count(rate), count(isolates), String(shards), batch.toFixed(1)])
    }),
    '',
    row(['CPU time of an exchange', `${ASSUMED.cpuMilliseconds} ms`]).replace(
      /^/,
      '| | |\n|---|---|\n',
    ),
    row(['a call of an object', `${ASSUMED.callMilliseconds} ms`]),
    row(['a stored decision', `${ASSUMED.storedBytes} bytes, compressed`]),
    row([
      'retention',
      `${ASSUMED.retentionDays} days, at most ${count(ASSUMED.maxRecordsOfShard)} decisions in a shard`,
    ]),
    row(['a scrape of the metrics', `one a minute, ${ASSUMED.seriesPerScrape} rows in each shard`]),
    row(['logged requests', `${ASSUMED.sampledLogs * 100} %`]),
  ]
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function dollars(amount: number): string {
  const digits = amount < 100 ? 2 : 0
  return `$${amount.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}

/** Three digits, which is more than the assumptions are worth. */
function count(value: number): string {
  const units = [
    [1e9, ' billion'],
    [1e6, ' million'],
  ] as const
  const [size, name] = units.find(([least]) => value >= least) ?? [1, '']
  const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
  return `${digits.format(value / size)}${name}`
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(COST_DOCS, renderCostDocs(readFileSync(COST_DOCS, 'utf8')))
}
