/** Ends of waiting: a timer beside the caller's signal, a bound on an answer, and a plain wait. */

/** A timer of our own: combined platform signals have been lost to garbage collection. */
export function startDeadline(milliseconds: number, caller: AbortSignal | undefined) {
  const controller = new AbortController()
  const abort = () => controller.abort(caller?.reason)
  const timer = setTimeout(abort, milliseconds)
  if (caller?.aborted === true) abort()
  caller?.addEventListener('abort', abort)
  return {
    signal: controller.signal,
    stop: () => {
      clearTimeout(timer)
      caller?.removeEventListener('abort', abort)
    },
  }
}

/** What the promise ends with, or the reason of the signal if that comes first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Passes after the time, or rejects with the reason of the signal if that comes first. */
export function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(pass, milliseconds)
    if (signal?.aborted === true) stop()
    else signal?.addEventListener('abort', stop)

    function pass(): void {
      signal?.removeEventListener('abort', stop)
      resolve()
    }

    function stop(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      reject(signal?.reason)
    }
  })
}

/**
 * The answer, or an `Error` when it takes longer than `milliseconds`. What was asked goes on without
 * the caller, and its late answer is ignored.
 */
export function withDeadline<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('deadline')), milliseconds)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
