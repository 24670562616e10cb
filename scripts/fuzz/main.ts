/**
 * `npm run fuzz -- --minutes N`: runs each target in turn with generated inputs. A small input that
 * causes new behaviour is kept for the tests. An input that breaks a requirement ends the run with
 * exit code 1 and is kept whatever its size. The seed is printed: the same seed produces the same
 * inputs.
 */
import { parseArgs } from 'node:util'
import { readCorpus, writeCorpus } from './corpus.ts'
import { createRandom, mutate } from './mutate.ts'
import type { Target } from './target.ts'
import { TARGETS } from './targets.ts'

/** An input that takes longer could be used to overload a gateway. */
const SLOW_MILLISECONDS = 2000
const MAX_KEPT_BYTES = 2048
const MAX_POOL = 500
const TURN_MILLISECONDS = 2000

type State = {
  readonly target: Target
  readonly pool: Buffer[]
  readonly words: readonly Buffer[]
  readonly seen: Set<string>
  runs: number
  kept: Buffer[]
}

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' } },
})
const minutes = Number(values.minutes)
const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed)
if (!(minutes > 0) || !Number.isInteger(seed))
  throw new Error('--minutes and --seed must be numbers')

const random = createRandom(seed)
const states = TARGETS.map(prepare)
console.log(`seed ${seed}, ${minutes} min, targets ${TARGETS.map(({ name }) => name).join(', ')}`)

const end = Date.now() + minutes * 60_000
let isBroken = false
while (Date.now() < end && !isBroken) {
  for (const state of states) {
    const turn = Math.min(end, Date.now() + TURN_MILLISECONDS)
    while (Date.now() < turn && !isBroken) isBroken = !tryOne(state)
  }
}
for (const { target, runs, seen, kept } of states) {
  if (kept.length > 0) writeCorpus(target.name, [...readCorpus(target.name), ...kept])
  console.log(`${target.name}: ${runs} inputs, ${seen.size} outcomes, ${kept.length} kept`)
}
console.log(isBroken ? 'an input broke a requirement' : 'no input broke a requirement')
process.exitCode = isBroken ? 1 : 0

function prepare(target: Target): State {
  const pool = [...target.seeds.map((text) => Buffer.from(text)), ...readCorpus(target.name)]
  const words = target.dictionary.map((text) => Buffer.from(text))
  const seen = new Set(pool.map((input) => target.run(input)))
  return { target, pool, words, seen, runs: 0, kept: [] }
}

/** Runs one input. Returns false when it broke a requirement. */
function tryOne(state: State): boolean {
  const { target, pool, words, seen } = state
  const parent = pool[random(pool.length)] ?? Buffer.alloc(0)
  const input = mutate(parent, random, pool, words)
  state.runs += 1
  const startedAt = performance.now()
  try {
    const outcome = target.run(input)
    const took = performance.now() - startedAt
    if (took > SLOW_MILLISECONDS) throw new Error(`took ${Math.round(took)} ms`)
    if (seen.has(outcome)) return true
    seen.add(outcome)
    if (pool.length < MAX_POOL) pool.push(input)
    if (input.length <= MAX_KEPT_BYTES) state.kept.push(input)
    return true
  } catch (error) {
    console.log(`${target.name}: ${error instanceof Error ? error.message : String(error)}`)
    console.log(`input (base64): ${input.toString('base64')}`)
    state.kept.push(input)
    return false
  }
}
