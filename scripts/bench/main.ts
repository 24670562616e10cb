/**
 * `npm run bench`: the CPU time of an exchange, compared with two floors that decide nothing. All
 * run on workerd, on one core in turns, under one client. It prints, and judges nothing.
 * docs/performance.md says how to read it.
 */
import { readArgumentsOrExit } from './arguments.ts'
import { buildFloor } from './floors/build.ts'
import { describeMachine, describeMethod, renderHead } from './machine.ts'
import { renderColumns, renderRow } from './report.ts'
import { type RefusedRow, type RowResult, runVariant } from './run-variant.ts'
import { VARIANTS } from './variants.ts'
import { startWorld } from './world.ts'

const args = readArgumentsOrExit(process.argv.slice(2))
const chosen = VARIANTS.filter(({ name }) => args.only?.test(name) ?? true)
if (chosen.length === 0) {
  process.stderr.write(
    `no row matches; the rows are:\n${VARIANTS.map(({ name }) => name).join('\n')}\n`,
  )
  process.exit(2)
}

const world = await startWorld()
const machine = describeMachine()
const method = describeMethod(args, world.cores)
/** With `--json`, stdout has nothing but JSON. */
const print = (text: string) => (args.json ? process.stderr : process.stdout).write(text)
const rows: (RowResult | RefusedRow)[] = []
try {
  print(renderHead(machine, method))
  print(renderColumns(['of floor, by CPU', 'of floor, by throughput']))
  const scripts = {
    jose: buildFloor('jose', world.scratch),
    bare: buildFloor('bare', world.scratch),
  }
  for (const variant of chosen) {
    const row = await runVariant(world, scripts, variant, args)
    rows.push(row)
    print(renderRow(row))
  }
} finally {
  await world.close()
}
if (args.json) {
  const at = new Date().toISOString()
  process.stdout.write(`${JSON.stringify({ version: 1, at, machine, method, rows }, null, 2)}\n`)
}
