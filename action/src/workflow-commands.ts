/**
 * Writes all output of the action. The runner reads commands from stdout, so text from other sources
 * (a gateway's explanation, a path) is escaped and cannot begin a command or end a line.
 */
import { makePlain } from '../../src/web/text/plain.ts'

/** Hides the value in all later log lines of the job. */
export function mask(value: string): void {
  write(`::add-mask::${escapeData(value)}`)
}

/** Writes one annotation: a sentence, then one line for each detail. */
export function annotate(level: 'error' | 'warning', lines: readonly string[]): void {
  write(`::${level} title=Edgemint::${escapeData(lines.map(makePlain).join('\n'))}`)
}

/** Writes one line to the log. */
export function say(line: string): void {
  write(`edgemint: ${makePlain(line)}`)
}

function write(line: string): void {
  process.stdout.write(`${line}\n`)
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
