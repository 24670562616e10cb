/**
 * Timers and abort signals: combine a timeout with the caller's signal, limit the time of an
 * answer, and wait.
 */

/**
 * Returns a signal that aborts after a time or with the caller's signal. `AbortSignal.any` is not
 * used, because runtimes have lost combined signals to garbage collection.
 */
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

/** Settles like the promise, or rejects with the reason of the signal if that aborts first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Resolves after the time, or rejects with the reason of the signal if that aborts first. */
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
 * Resolves to the answer, or rejects with an `Error` after `milliseconds`. The operation itself
 * continues, and its late answer is ignored.
 */
export function withDeadline<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('deadline')), milliseconds)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
