/**
 * The rate limits of a self-hosted gateway: a small Worker with one entrypoint for each limit, which
 * the gateway calls like the binding of the platform. Each limit counts in two tables of fixed size
 * by a keyed hash of the key, so that callers cannot make it use more memory, and the lower count
 * decides. A shared cell can only make a count too high, by the average load of a cell.
 */
import { randomInt } from 'node:crypto'
import type { RateLimit } from '../issuer/peer.ts'
import { RATE_LIMIT_CELLS } from '../limits.ts'

const RATE_LIMITER = `
import { WorkerEntrypoint } from 'cloudflare:workers'

const CELLS = ${RATE_LIMIT_CELLS}
const seeds = SEEDS

function hash(key, seed) {
  let value = seed ^ 0x811c9dc5
  for (let at = 0; at < key.length; at += 1) {
    value = Math.imul(value ^ key.charCodeAt(at), 0x01000193)
    value ^= value >>> 15
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  return (value ^ (value >>> 13)) >>> 0
}

function createCounter(limit, period) {
  const tables = [new Uint32Array(CELLS), new Uint32Array(CELLS)]
  let window = 0
  return (key) => {
    const now = Math.floor(Date.now() / (period * 1000))
    if (now !== window) {
      for (const table of tables) table.fill(0)
      window = now
    }
    const cells = tables.map((_, row) => hash(key, seeds[row]) % CELLS)
    const count = Math.min(...tables.map((table, row) => table[cells[row]]))
    if (count >= limit) return { success: false }
    for (const [row, table] of tables.entries()) table[cells[row]] = Math.max(table[cells[row]], count + 1)
    return { success: true }
  }
}

const counters = new Map()

function countIn(name, env, key) {
  const found = counters.get(name)
  if (found !== undefined) return found(key)
  const { limit, period } = env[name]
  const counter = createCounter(limit, period)
  counters.set(name, counter)
  return counter(key)
}

NAMES

export default { fetch: () => new Response(null, { status: 404 }) }
`

const RATE_LIMITER_NAME = 'rate-limiter'
const MOST_SEED = 2 ** 32

/** The limiter's code, with one entrypoint for each name. The names are ours, not of a caller. */
function renderRateLimiter(names: readonly string[]): string {
  const classes = names.map(
    (name) => `export class ${name} extends WorkerEntrypoint {
  limit({ key }) {
    return countIn('${name}', this.env, key)
  }
}`,
  )
  // workerd gives no random values outside of a request.
  const seeds = JSON.stringify([randomInt(MOST_SEED), randomInt(MOST_SEED)])
  return RATE_LIMITER.replace('SEEDS', seeds).replace('NAMES', classes.join('\n'))
}

/** How the gateway is bound to the limiter, and the limiter to its numbers. */
export function describeRateLimiter(limits: Readonly<Record<string, RateLimit>>) {
  const names = Object.keys(limits)
  if (names.length === 0) return { bindings: {}, workers: [] }
  return {
    bindings: Object.fromEntries(
      names.map((entrypoint) => [entrypoint, { name: RATE_LIMITER_NAME, entrypoint }]),
    ),
    workers: [
      {
        name: RATE_LIMITER_NAME,
        modules: true as const,
        script: renderRateLimiter(names),
        bindings: { ...limits },
      },
    ],
  }
}
