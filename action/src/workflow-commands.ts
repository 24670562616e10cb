/**
 * All that the action writes to stdout, which is where the runner takes its commands from. Text of
 * others (a gateway's explanation, a path) is made unable to start a command or end a line.
 */

/** Hides the value in everything that the job logs from here on. */
export function mask(value: string): void {
  write(`::add-mask::${escapeData(value)}`)
}

/** One annotation: a sentence, then a line for each thing to know. */
export function annotate(level: 'error' | 'warning', lines: readonly string[]): void {
  write(`::${level} title=Edgemint::${escapeData(lines.map(makePlain).join('\n'))}`)
}

/** A line of the log. The runner would obey `##[command]` anywhere in it. */
export function say(line: string): void {
  write(`edgemint: ${makePlain(line).replaceAll('##[', '## [')}`)
}

function write(line: string): void {
  process.stdout.write(`${line}\n`)
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** Controls, line separators and marks that reorder or hide text. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

function makePlain(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}
