/** Ends of waiting: a timer of our own beside the caller's signal, and a wait that can be left. */

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

export function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  return abortable(passed, signal).finally(() => clearTimeout(timer))
}
