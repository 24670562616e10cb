/**
 * Keeps what the Worker logs during a test, and shows it if the test fails. Vitest would send each
 * line to its own process. A line of a Durable Object or behind an answer can then stay unsent, and
 * the run waits for it for ever (cloudflare/workers-sdk#15498).
 */
import { afterEach, beforeEach } from 'vitest'
import { watchConsole } from '../../support/canary/console.ts'

const lines: string[] = []
const { log } = console
watchConsole((line) => lines.push(line))

export function showLogOfFailedTests(): void {
  beforeEach(() => {
    lines.length = 0
  })
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') log(lines.join('\n'))
  })
}
