/** Searches console output of this process, even when a test captures it. */
import { look } from './watch.ts'

const METHODS = new Set<string | symbol>(['log', 'info', 'warn', 'error', 'debug'])
const here = globalThis as unknown as { console: typeof console }
const watched = new WeakSet<object>()

/**
 * Runs once per console. Tests can still spy on it. With `write`, that gets each line and the
 * console does not.
 */
export function watchConsole(write?: (line: string) => void): void {
  if (watched.has(here.console)) return
  const own = { ...here.console } as Readonly<Record<string | symbol, unknown>>
  here.console = new Proxy(here.console, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (!METHODS.has(name) || typeof method !== 'function') return method
      return new Proxy(method, {
        apply(log, self, parts: readonly unknown[]) {
          const line = parts.map(render).join(' ')
          look('log lines', `console.${String(name)}`, line)
          // A spy that a test put in its place gets the line itself.
          if (write === undefined || log !== own[name]) return Reflect.apply(log, self, parts)
          write(line)
        },
      })
    },
  })
  watched.add(here.console)
}

function render(part: unknown): string {
  if (part instanceof Error) return `${part.message} ${part.stack}`
  if (typeof part !== 'object' || part === null) return String(part)
  try {
    return JSON.stringify(part)
  } catch {
    return String(part)
  }
}
