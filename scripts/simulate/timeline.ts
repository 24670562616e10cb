/**
 * Virtual time: a queue of events in whole milliseconds. Events of one millisecond run in the order
 * in which they were scheduled. Before the next millisecond, every promise that they settled has
 * been handled.
 */

export type Timer = { run: (() => void) | undefined }

export type Timeline = {
  /** Returns epoch milliseconds. */
  readonly now: () => number
  /** Runs after at least `milliseconds`, rounded up. */
  readonly after: (milliseconds: number, run: () => void) => Timer
  /** Like `after`, for an event that settles no promise. It calls `touch` if it does. */
  readonly quietly: (milliseconds: number, run: () => void) => Timer
  /** Ends the run: `runUntil` throws this error. */
  readonly stop: (error: unknown) => void
  /** Makes the timeline wait for promises before the next millisecond. */
  readonly touch: () => void
  /** Runs all events up to this time, in epoch milliseconds. */
  readonly runUntil: (end: number) => Promise<void>
}

/** Every promise that is settled now has been handled when an immediate runs. */
const { setImmediate: afterPromises } = globalThis

export function createTimeline(start: number): Timeline {
  const buckets = new Map<number, Timer[]>()
  const times = createHeap()
  let now = start
  let isTouched = false
  let stopped: { readonly error: unknown } | undefined

  function quietly(milliseconds: number, run: () => void): Timer {
    const at = now + Math.max(Math.ceil(milliseconds), 0)
    const timer: Timer = { run }
    const bucket = buckets.get(at)
    if (bucket !== undefined) bucket.push(timer)
    else {
      buckets.set(at, [timer])
      times.push(at)
    }
    return timer
  }

  function touch(): void {
    isTouched = true
  }

  /** Handling a promise can add events to the same millisecond. */
  async function runBucket(bucket: readonly Timer[]): Promise<void> {
    for (let done = 0; done < bucket.length; ) {
      for (; done < bucket.length; done += 1) bucket[done]?.run?.()
      if (!isTouched) continue
      isTouched = false
      await new Promise<void>((resolve) => afterPromises(resolve))
    }
  }

  return {
    now: () => now,
    quietly,
    touch,
    stop(error) {
      stopped ??= { error }
    },
    after: (milliseconds, run) =>
      quietly(milliseconds, () => {
        isTouched = true
        run()
      }),
    async runUntil(end) {
      for (let at = times.least(); at !== undefined && at <= end; at = times.least()) {
        now = at
        await runBucket(buckets.get(at) ?? [])
        if (stopped !== undefined) throw stopped.error
        buckets.delete(at)
        times.removeLeast()
      }
      now = end
    },
  }
}

/** A binary heap of numbers. */
function createHeap() {
  const heap: number[] = []
  const valueAt = (index: number) => heap[index] ?? Number.POSITIVE_INFINITY

  function swap(one: number, other: number): void {
    const value = valueAt(one)
    heap[one] = valueAt(other)
    heap[other] = value
  }

  return {
    least: () => heap[0],
    push(value: number): void {
      let index = heap.push(value) - 1
      for (let parent = (index - 1) >> 1; index > 0 && valueAt(parent) > valueAt(index); ) {
        swap(index, parent)
        index = parent
        parent = (index - 1) >> 1
      }
    },
    removeLeast(): void {
      const last = heap.pop()
      if (last === undefined || heap.length === 0) return
      heap[0] = last
      for (let index = 0; ; ) {
        const left = 2 * index + 1
        const child = valueAt(left + 1) < valueAt(left) ? left + 1 : left
        if (valueAt(child) >= valueAt(index)) return
        swap(index, child)
        index = child
      }
    },
  }
}
