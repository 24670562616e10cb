/** Renders remarks as text, JSON, GitHub annotations and SARIF. */

import type { Remark } from '../../../analysis/source/in-house.ts'
import { makePlain } from '../../../web/text/plain.ts'
import { MAX_SHOWN_CHARACTERS } from '../../shell/limits.ts'
import { nameInput } from '../../shell/read-input.ts'

export type RenderRemarks = (
  remarks: readonly Remark[],
  /** Returns the text of a file by its path, or undefined if it could not be parsed. */
  textOf: (file: string) => string | undefined,
) => string

/** Renders each remark with its source line. */
export const renderText: RenderRemarks = (remarks, textOf) => {
  // A document has megabytes and thousands of remarks, so it is split once.
  const files = new Map<string, readonly string[]>()
  const linesOf = (file: string) => {
    const lines = files.get(file) ?? textOf(file)?.split(/\r?\n/) ?? []
    files.set(file, lines)
    return lines
  }
  return remarks.map((remark) => describe(remark, linesOf(remark.file))).join('\n\n')
}

function describe(remark: Remark, lines: readonly string[]): string {
  const { file, line, column, severity, id, rule, message, fix, identity, accepted } = remark
  const about = rule === undefined ? '' : ` in ${rule}`
  return [
    `${nameInput(file)}:${line}:${column}: ${severity} ${id}${about}: ${message}`,
    ...frame(lines, line, column),
    ...(identity === undefined ? [] : [`  claims: ${JSON.stringify(identity)}`]),
    ...(fix === undefined ? [] : [`  fix: ${fix}`]),
    ...(accepted === undefined ? [] : [`  accepted: ${accepted}`]),
  ].join('\n')
}

/**
 * Returns the previous line, the line, and a mark under the column. Of a long line, such as JSON without
 * line breaks, it shows the part around the column.
 */
function frame(lines: readonly string[], line: number, column: number): readonly string[] {
  const text = lines[line - 1]
  if (text === undefined) return []
  const width = String(line).length
  const isLong = text.length > MAX_SHOWN_CHARACTERS
  const start = isLong ? Math.max(0, column - 1 - MAX_SHOWN_CHARACTERS / 2) : 0
  const before = start > 0 ? '…' : ''
  const show = (number: number) => {
    const shown = (lines[number - 1] ?? '').slice(start)
    const isCut = shown.length > MAX_SHOWN_CHARACTERS
    const part = isCut ? `${shown.slice(0, MAX_SHOWN_CHARACTERS)}…` : shown
    return `  ${String(number).padStart(width)} | ${before}${part}`
  }
  return [
    ...(line > 1 && start === 0 ? [show(line - 1)] : []),
    show(line),
    `  ${' '.repeat(width)} | ${' '.repeat(before.length + column - 1 - start)}^`,
  ]
}

export const renderJson: RenderRemarks = (remarks) => JSON.stringify({ findings: remarks }, null, 2)

const GITHUB_LEVELS = { error: 'error', warn: 'warning', info: 'notice' } as const

/** Renders workflow commands, which GitHub shows as annotations. Accepted findings are notices. */
export const renderGithub: RenderRemarks = (remarks) =>
  remarks
    .map(({ file, line, column, severity, id, message, fix, accepted }) => {
      const level = accepted === undefined ? GITHUB_LEVELS[severity] : 'notice'
      const place = `file=${escapeProperty(file)},line=${line},col=${column},title=${escapeProperty(id)}`
      const text = [message, fix, accepted && `Accepted: ${accepted}`].filter(Boolean).join('. ')
      return `::${level} ${place}::${escapeData(makePlain(text))}`
    })
    .join('\n')

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

const SARIF_LEVELS = { error: 'error', warn: 'warning', info: 'note' } as const

/** Renders SARIF 2.1.0 for code scanning. An accepted finding is a suppressed result (§3.27.23). */
export const renderSarif: RenderRemarks = (remarks) => {
  const ids = [...new Set(remarks.map(({ id }) => id))]
  const rules = ids.map((id) => ({ id, help: { text: `See docs/lint.md#${id.toLowerCase()}` } }))
  const results = remarks.map(({ id, severity, message, fix, accepted, file, line, column }) => ({
    ruleId: id,
    ruleIndex: ids.indexOf(id),
    level: SARIF_LEVELS[severity],
    message: { text: [message, fix].filter(Boolean).join('. ') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(file.replaceAll('\\', '/')) },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
    ...(accepted === undefined
      ? {}
      : { suppressions: [{ kind: 'inSource', justification: accepted }] }),
  }))
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'edgemint', rules } }, results }],
  }
  return JSON.stringify(log, null, 2)
}
