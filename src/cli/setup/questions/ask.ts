/** Asks on a terminal, one line for each answer. An invalid answer is asked again, with its fault. */
import { createInterface } from 'node:readline'
import type { Result } from '../../../web/result.ts'
import { usageFailure } from '../../shell/failure.ts'
import { currentIo } from '../../shell/io.ts'
import { say } from '../../shell/output.ts'

type Parse<T> = (text: string) => Result<T, string>

export type Ask = <T>(question: string, parse: Parse<T>, suggestion?: string) => Promise<T>

export type Questioner = { readonly ask: Ask; readonly close: () => void }

/** Returns undefined if stdin is not a terminal. */
export function openQuestioner(): Questioner | undefined {
  const { stdin, stderr } = currentIo()
  if (!('isTTY' in stdin) || stdin.isTTY !== true) return undefined
  const lines = createInterface({ input: stdin, output: stderr, terminal: false })
  const reader = lines[Symbol.asyncIterator]()

  async function readLine(question: string): Promise<string> {
    stderr.write(question)
    const { value, done } = await reader.next()
    if (done) throw usageFailure('the input ended before the last answer; nothing was written')
    return String(value).trim()
  }

  async function ask<T>(question: string, parse: Parse<T>, suggestion?: string): Promise<T> {
    const shown = suggestion === undefined ? question : `${question} [${suggestion}]`
    for (;;) {
      const line = await readLine(`${shown}: `)
      const parsed = parse(line === '' ? (suggestion ?? '') : line)
      if (parsed.ok) return parsed.value
      say(`the answer ${parsed.error}`)
    }
  }

  return { ask, close: () => lines.close() }
}
