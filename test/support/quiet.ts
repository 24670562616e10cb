/** Fails a test that writes to the console. */
import { afterEach, vi } from 'vitest'

const METHODS = ['log', 'info', 'warn', 'error', 'debug'] as const
const said: string[] = []

for (const method of METHODS) {
  console[method] = (...parts: readonly unknown[]) => {
    said.push(`console.${method}(${parts.map(String).join(', ')})`)
  }
}

afterEach(() => {
  vi.restoreAllMocks()
  const lines = said.splice(0)
  if (lines.length > 0) throw new Error(`the test wrote to the console: ${lines.join('; ')}`)
})
