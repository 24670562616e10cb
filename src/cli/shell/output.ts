/**
 * The only place that writes: data to stdout, words for people to stderr. Text from files and
 * gateways is made harmless for a terminal and a CI log here, whichever command prints it.
 */
import { makePlain, makePlainJson, makePlainLines } from '../../web/text/plain.ts'
import type { CommandFailure } from './failure.ts'
import { usageFailure } from './failure.ts'
import { currentIo } from './io.ts'

/** Data: a token, JSON, a plan. One line, or several that were joined. */
export function print(text: string): void {
  currentIo().stdout.write(`${text}\n`)
}

/** As data, for lines that hold text of others. */
export function printPlain(text: string): void {
  print(makePlainLines(text))
}

/** As data, for JSON that holds text of others. */
export function printJson(value: unknown, indent?: number): void {
  print(makePlainJson(JSON.stringify(value, null, indent)))
}

export function say(message: string): void {
  currentIo().stderr.write(`edgemint: ${makePlain(message)}\n`)
}

export function hint(message: string): void {
  say(`hint: ${message}`)
}

/** A line in a form that other programs read, such as `file:line:column: message`. */
export function note(line: string): void {
  currentIo().stderr.write(`${makePlain(line)}\n`)
}

/** Several lines that were joined here. */
export function noteLines(text: string): void {
  currentIo().stderr.write(`${makePlainLines(text)}\n`)
}

export function sayFailure(failure: CommandFailure): void {
  say(failure.message)
  for (const text of failure.hints) hint(text)
}

/** Refuses to show a secret on a screen unless that was asked for. */
export function checkSecretOutput(
  what: string,
  isAsked: boolean,
  isTerminal = currentIo().stdout.isTTY === true,
): void {
  if (!isTerminal || isAsked) return
  throw usageFailure(
    `${what} is not printed to a terminal`,
    'send stdout to the program that needs it, or add --print to see it',
  )
}
