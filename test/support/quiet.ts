/** The libraries write nothing to the console: console output fails the test that caused it. */
import { afterEach, vi } from 'vitest'
import { replaceConsole } from './console.ts'

const written: string[] = []

replaceConsole((line) => written.push(line))

afterEach(() => {
  vi.restoreAllMocks()
  const lines = written.splice(0)
  if (lines.length > 0) throw new Error(`the test wrote to the console: ${lines.join('; ')}`)
})
