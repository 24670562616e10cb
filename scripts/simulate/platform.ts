/**
 * Runs production code in virtual time: replaces the timers and the digest of this process during a
 * simulation. The code of the Worker is not changed. Only one simulation can run at a time.
 */
import { createHash } from 'node:crypto'
import type { Timeline, Timer } from './timeline.ts'

let isRunning = false

/** Restores the timers and the digest afterwards. */
export async function withVirtualPlatform<T>(
  timeline: Timeline,
  work: () => Promise<T>,
): Promise<T> {
  if (isRunning) throw new Error('another simulation runs in this process')
  isRunning = true
  const { setTimeout: realSet, clearTimeout: realClear } = globalThis
  const { subtle } = crypto
  const set = (run: () => void, milliseconds = 0): Timer => timeline.after(milliseconds, run)
  const clear = (timer: Timer | undefined): void => {
    // The process itself may clear a timer that it started before.
    if (timer !== undefined && !('run' in timer)) realClear(timer)
    else if (timer !== undefined) timer.run = undefined
  }
  Object.assign(globalThis, { setTimeout: set, clearTimeout: clear })
  Object.defineProperty(subtle, 'digest', { value: createDigest(), configurable: true })
  try {
    return await work()
  } finally {
    Object.assign(globalThis, { setTimeout: realSet, clearTimeout: realClear })
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
