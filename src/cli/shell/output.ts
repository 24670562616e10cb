/**
 * All output of the command line: data to stdout, messages for people to stderr. Text from files and
 * gateways is escaped here, so that it cannot control a terminal or a CI runner.
 */
import { once } from 'node:events'
import { makePlain, makePlainJson, makePlainLines } from '../../web/text/plain.ts'
import type { CommandFailure } from './failure.ts'
import { usageFailure } from './failure.ts'
import { currentIo } from './io.ts'

/** Prints data to stdout, such as a token, JSON or a plan. */
export function print(text: string): void {
  currentIo().stdout.write(`${text}\n`)
}

/** Prints lines of data that contain text from files or gateways. */
export function printPlain(text: string): void {
  print(makePlainLines(text))
}

/** Writes text to stdout as it is, such as a file, and waits until a slow reader has taken it. */
export async function pass(text: string): Promise<void> {
  const { stdout } = currentIo()
  if (!stdout.write(text)) await once(stdout, 'drain')
}

/** Prints lines as `printPlain` does, and waits as `pass` does. */
export function passPlain(text: string): Promise<void> {
  return pass(`${makePlainLines(text)}\n`)
}

/** Prints a part of a JSON text as `printJson` does, and waits as `pass` does. */
export function passJson(part: string): Promise<void> {
  return pass(makePlainJson(part))
}

/** Prints JSON that contains text from files or gateways. */
export function printJson(value: unknown, indent?: number): void {
  print(makePlainJson(JSON.stringify(value, null, indent)))
}

export function say(message: string): void {
  currentIo().stderr.write(`edgemint: ${makePlain(message)}\n`)
}

export function hint(message: string): void {
  say(`hint: ${message}`)
}

/**
 * Writes a line to stderr in a form that other programs read, such as `file:line:column: message`.
 */
export function note(line: string): void {
  currentIo().stderr.write(`${makePlain(line)}\n`)
}

/** Writes several lines to stderr. */
export function noteLines(text: string): void {
  currentIo().stderr.write(`${makePlainLines(text)}\n`)
}

export function sayFailure(failure: CommandFailure): void {
  say(failure.message)
  for (const text of failure.hints) hint(text)
}

/** Throws a usage failure if a secret would be printed to a terminal without `--print`. */
export function checkSecretOutput(
  what: string,
  isAsked: boolean,
  isTerminal = currentIo().stdout.isTTY === true,
): void {
  if (!isTerminal || isAsked) return
  throw usageFailure(
    `${what} is not printed to a terminal`,
    'pipe stdout to the program that needs it, or add --print to show it',
  )
}
