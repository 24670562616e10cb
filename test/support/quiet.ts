/** Fails a test that writes to the console. */
import { afterEach, vi } from 'vitest'
import { replaceConsole } from './console.ts'

const written: string[] = []

replaceConsole((line) => written.push(line))

afterEach(() => {
  vi.restoreAllMocks()
  const lines = written.splice(0)
  if (lines.length > 0) throw new Error(`the test wrote to the console: ${lines.join('; ')}`)
})
