/** The arguments of `npm run simulate`. */
import { parseArgs } from 'node:util'
import {
  TRUST_MAX_STALE_CEILING_SECONDS,
  TRUST_MAX_STALE_FLOOR_SECONDS,
  TRUST_MAX_STALE_SECONDS,
} from '../../src/contract/limits.ts'
import { LAYERED } from './layered.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'
import { DIRECT, type Topology } from './topology.ts'

const TOPOLOGIES: readonly Topology[] = [LAYERED, DIRECT]
const USAGE = `usage: npm run simulate -- [flags]
  --scenario NAME    one scenario; without it, the table of docs/scale.md
${SCENARIOS.map(({ name, summary }) => `                     ${name.padEnd(11)} ${summary}`).join('\n')}
  --isolates N       isolates in 300 places (1 to 1,000,000)
  --seconds N        measured time, after the warm-up (as long as the scenario is)
  --all              simulates every isolate, without a sample: slow, and 50 KB of memory for each
  --seed N           reproduces a run exactly (1)
  --topology NAME    ${TOPOLOGIES.map(({ name }) => name).join(', ')}
  --max-stale N      TRUST_MAX_STALE_SECONDS (${TRUST_MAX_STALE_SECONDS})
  --document-bytes N size of the trust document (${(3_000_000).toLocaleString('en')})
  --json             one JSON object for each run, on a line of its own
`
const MAX_ISOLATES = 1_000_000
const MAX_SECONDS = 7 * 86_400
const DOCUMENT_BYTES = 3_000_000
const MAX_DOCUMENT_BYTES = 24 * 1024 * 1024

/** Message and usage, for stderr. */
export class ArgumentsRefused extends Error {}

function refuse(message: string): never {
  throw new ArgumentsRefused(`simulate: ${message}\n${USAGE}`)
}

function parse() {
  try {
    return parseArgs({
      options: {
        scenario: { type: 'string' },
        isolates: { type: 'string' },
        seconds: { type: 'string' },
        all: { type: 'boolean', default: false },
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

export type SimulateArguments = {
  readonly runs: readonly { readonly scenario: Scenario; readonly isolates: number }[]
  readonly topology: Topology
  readonly seed: number
  readonly maxStaleSeconds: number
  readonly documentBytes: number
  readonly json: boolean
  readonly all: boolean
}

/** @throws ArgumentsRefused */
export function readArguments(): SimulateArguments {
  const values = parse()
  const topologyName = values.topology ?? LAYERED.name
  const topology = TOPOLOGIES.find(({ name }) => name === topologyName)
  if (topology === undefined) refuse(`there is no topology ${JSON.stringify(topologyName)}`)
  return {
    topology,
    json: values.json,
    all: values.all,
    runs: listRuns(values.scenario).map(({ scenario, isolates }) => ({
      scenario: {
        ...scenario,
        seconds: readNumber('--seconds', values.seconds, scenario.seconds, [1, MAX_SECONDS]),
      },
      isolates: readNumber('--isolates', values.isolates, isolates, [1, MAX_ISOLATES]),
    })),
    seed: readNumber('--seed', values.seed, 1, [0, Number.MAX_SAFE_INTEGER]),
    maxStaleSeconds: readNumber('--max-stale', values['max-stale'], TRUST_MAX_STALE_SECONDS, [
      TRUST_MAX_STALE_FLOOR_SECONDS,
      TRUST_MAX_STALE_CEILING_SECONDS,
    ]),
    documentBytes: readNumber('--document-bytes', values['document-bytes'], DOCUMENT_BYTES, [
      1,
      MAX_DOCUMENT_BYTES,
    ]),
  }
}
