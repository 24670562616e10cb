/**
 * All that the action writes to stdout, which is where the runner takes its commands from. Text of
 * others (a gateway's explanation, a path) is made unable to start a command or end a line.
 */
import { makePlain } from '../../src/web/text/plain.ts'

/** Hides the value in everything that the job logs from here on. */
export function mask(value: string): void {
  write(`::add-mask::${escapeData(value)}`)
}

/** One annotation: a sentence, then a line for each thing to know. */
export function annotate(level: 'error' | 'warning', lines: readonly string[]): void {
  write(`::${level} title=Edgemint::${escapeData(lines.map(makePlain).join('\n'))}`)
}

/** A line of the log. */
export function say(line: string): void {
  write(`edgemint: ${makePlain(line)}`)
}

function write(line: string): void {
  process.stdout.write(`${line}\n`)
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
