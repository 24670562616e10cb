/**
 * `npm run simulate`: simulates how trust reaches many isolates. Prints one table for each run. An
 * invariant that is broken prints seed, time and trace, and the exit code is 1.
 */
import { parseArgs } from 'node:util'
import {
  TRUST_MAX_STALE_CEILING_SECONDS,
  TRUST_MAX_STALE_FLOOR_SECONDS,
  TRUST_MAX_STALE_SECONDS,
} from '../../src/contract/limits.ts'
import { REAL_CACHES } from './isolate.ts'
import { LAYERED } from './layered.ts'
import { renderBroken, renderReport } from './report.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'
import { simulate } from './simulate.ts'
import { TODAY, type Topology } from './topology.ts'
import { InvariantBroken } from './trace.ts'

const TOPOLOGIES: readonly Topology[] = [TODAY, LAYERED]
const USAGE = `usage: npm run simulate -- [flags]
  --scenario NAME    one scenario; without it, the table of docs/scale.md
${SCENARIOS.map(({ name, summary }) => `                     ${name.padEnd(11)} ${summary}`).join('\n')}
  --isolates N       isolates in 300 places (1 to 1,000,000)
  --seed N           reproduces a run exactly (1)
  --topology NAME    ${TOPOLOGIES.map(({ name }) => name).join(', ')}
  --max-stale N      TRUST_MAX_STALE_SECONDS (${TRUST_MAX_STALE_SECONDS})
  --document-bytes N size of the trust document (${(3_000_000).toLocaleString('en')})
  --json             one JSON object for each run, on a line of its own
`
const MAX_ISOLATES = 1_000_000
const DOCUMENT_BYTES = 3_000_000
const MAX_DOCUMENT_BYTES = 24 * 1024 * 1024

function refuse(message: string): never {
  process.stderr.write(`simulate: ${message}\n${USAGE}`)
  process.exit(2)
}

function parse() {
  try {
    return parseArgs({
      options: {
        scenario: { type: 'string' },
        isolates: { type: 'string' },
        seed: { type: 'string' },
        topology: { type: 'string' },
        'max-stale': { type: 'string' },
        'document-bytes': { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

function readNumber(
  name: string,
  text: string | undefined,
  otherwise: number,
  [least, most]: readonly [number, number],
): number {
  if (text === undefined) return otherwise
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  return refuse(`${name} must be a whole number from ${least} to ${most}`)
}

/** The runs of the table: three sizes without an outage, then each failure. */
function listRuns(
  name: string | undefined,
): readonly { readonly scenario: Scenario; readonly isolates: number }[] {
  if (name === undefined) {
    return SCENARIOS.flatMap((scenario) => {
      const sizes = scenario.name === 'steady' ? [1000, 10_000, 100_000] : [scenario.isolates]
      return sizes.map((isolates) => ({ scenario, isolates }))
    })
  }
  const scenario = SCENARIOS.find((known) => known.name === name)
  if (scenario === undefined) return refuse(`there is no scenario ${JSON.stringify(name)}`)
  return [{ scenario, isolates: scenario.isolates }]
}

const values = parse()
const topologyName = values.topology ?? TODAY.name
const topology = TOPOLOGIES.find(({ name }) => name === topologyName)
if (topology === undefined) refuse(`there is no topology ${JSON.stringify(topologyName)}`)
const seed = readNumber('--seed', values.seed, 1, [0, Number.MAX_SAFE_INTEGER])
const maxStaleSeconds = readNumber('--max-stale', values['max-stale'], TRUST_MAX_STALE_SECONDS, [
  TRUST_MAX_STALE_FLOOR_SECONDS,
  TRUST_MAX_STALE_CEILING_SECONDS,
])
const documentBytes = readNumber('--document-bytes', values['document-bytes'], DOCUMENT_BYTES, [
  1,
  MAX_DOCUMENT_BYTES,
])

for (const run of listRuns(values.scenario)) {
  const isolates = readNumber('--isolates', values.isolates, run.isolates, [1, MAX_ISOLATES])
  const { scenario } = run
  try {
    const options = { scenario, topology, seed, maxStaleSeconds, documentBytes, isolates }
    const report = await simulate({ ...options, caches: REAL_CACHES })
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `${renderReport(report)}\n`)
  } catch (error) {
    if (!(error instanceof InvariantBroken)) throw error
    const { message, at, trace } = error
    if (values.json) {
      const broken = { scenario: scenario.name, seed, broken: message, at, trace }
      process.stdout.write(`${JSON.stringify(broken)}\n`)
    }
    process.stderr.write(renderBroken(error, seed))
    process.exit(1)
  }
}
