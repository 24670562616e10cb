/** The last events of a run, and the error that ends it when an invariant is broken. */

export type Event = {
  /** Epoch milliseconds. */
  readonly at: number
  /** Undefined for the world. */
  readonly isolate: number | undefined
  readonly text: string
}

/** A statement about every step does not hold. The message names it. */
export class InvariantBroken extends Error {
  readonly at: number
  readonly trace: readonly Event[]

  constructor(message: string, at: number, trace: readonly Event[]) {
    super(message)
    this.at = at
    this.trace = trace
  }
}

export type Trace = {
  readonly note: (isolate: number | undefined, text: string) => void
  /** Throws `InvariantBroken` with the last events of the isolate and of the world. */
  readonly fail: (isolate: number | undefined, message: string) => never
}

/** All isolates together. About ten seconds of 10,000 isolates. */
const KEPT = 50_000
const SHOWN = 40

export function createTrace(now: () => number): Trace {
  const events: Event[] = []
  /** Changes of the world are few, and the cause can be old. */
  const changes: Event[] = []
  let next = 0
  return {
    note(isolate, text) {
      const event = { at: now(), isolate, text }
      if (isolate === undefined) changes.push(event)
      else {
        events[next] = event
        next = (next + 1) % KEPT
      }
    },
    fail(isolate, message) {
      const own = [...events.slice(next), ...events.slice(0, next)].filter(
        (event) => event.isolate === isolate,
      )
      const trace = [...changes.slice(-SHOWN / 2), ...own.slice(-SHOWN)]
      throw new InvariantBroken(
        message,
        now(),
        trace.toSorted((a, b) => a.at - b.at),
      )
    },
  }
}
