/**
 * Runs production code in virtual time: replaces the timers, the digest, random values and `Response`
 * of this process during a simulation. The code of the Worker is not changed. Only one simulation
 * can run at a time.
 */
import { createHash } from 'node:crypto'
import type { Random } from './random.ts'
import type { Timeline, Timer } from './timeline.ts'

let isRunning = false

/** Restores everything afterwards. */
export async function withVirtualPlatform<T>(
  timeline: Timeline,
  random: Random,
  work: () => Promise<T>,
): Promise<T> {
  if (isRunning) throw new Error('another simulation runs in this process')
  isRunning = true
  const { setTimeout: realSet, clearTimeout: realClear, Response: realResponse } = globalThis
  const { subtle } = crypto
  const set = (run: () => void, milliseconds = 0): Timer => timeline.after(milliseconds, run)
  const clear = (timer: Timer | undefined): void => {
    // The process itself may clear a timer that it started before.
    if (timer !== undefined && !('run' in timer)) realClear(timer)
    else if (timer !== undefined) timer.run = undefined
  }
  const fill = (values: Uint32Array): Uint32Array => values.map(() => random.below(2 ** 32))
  Object.assign(globalThis, { setTimeout: set, clearTimeout: clear, Response: VirtualResponse })
  Object.defineProperty(crypto, 'getRandomValues', { value: fill, configurable: true })
  Object.defineProperty(subtle, 'digest', { value: createDigest(), configurable: true })
  try {
    return await work()
  } finally {
    Object.assign(globalThis, {
      setTimeout: realSet,
      clearTimeout: realClear,
      Response: realResponse,
    })
    Reflect.deleteProperty(crypto, 'getRandomValues')
    Reflect.deleteProperty(subtle, 'digest')
    isRunning = false
  }
}

/**
 * The real digest is calculated on another thread and ends at any time. This one ends at once.
 * Content of the model never changes, so the digest of each buffer is calculated once.
 */
function createDigest() {
  const known = new WeakMap<ArrayBufferLike, ArrayBuffer>()
  return async (_: 'SHA-256', content: Uint8Array): Promise<ArrayBuffer> => {
    const before = known.get(content.buffer)
    if (before !== undefined) return before
    const digest = Uint8Array.from(createHash('sha256').update(content).digest()).buffer
    known.set(content.buffer, digest)
    return digest
  }
}

/** The parts of `Response` that an entry of the cache needs, without a stream. */
export class VirtualResponse {
  readonly bytes: Uint8Array
  readonly headers: Readonly<Record<string, string>>

  constructor(body: string | Uint8Array, { headers }: { headers: Record<string, string> }) {
    this.bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
    this.headers = headers
  }

  get body(): AsyncIterable<Uint8Array> {
    const { bytes } = this
    return {
      async *[Symbol.asyncIterator]() {
        yield bytes
      },
    }
  }
}
