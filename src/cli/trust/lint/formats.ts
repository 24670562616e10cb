/** Renders remarks as text, JSON, GitHub annotations and SARIF. */

import type { Remark } from '../../../analysis/source/in-house.ts'
import { makePlain } from '../../../web/text/plain.ts'
import { nameInput } from '../../shell/read-input.ts'

export type RenderRemarks = (
  remarks: readonly Remark[],
  /** Returns the text of a file by its path, or undefined if it could not be parsed. */
  textOf: (file: string) => string | undefined,
) => string

/** Renders each remark with its source line. */
export const renderText: RenderRemarks = (remarks, textOf) =>
  remarks.map((remark) => describe(remark, textOf(remark.file))).join('\n\n')

function describe(remark: Remark, text: string | undefined): string {
  const { file, line, column, severity, id, rule, message, fix, identity, accepted } = remark
  const about = rule === undefined ? '' : ` in ${rule}`
  return [
    `${nameInput(file)}:${line}:${column}: ${severity} ${id}${about}: ${message}`,
    ...frame(text, line, column),
    ...(identity === undefined ? [] : [`  claims: ${JSON.stringify(identity)}`]),
    ...(fix === undefined ? [] : [`  fix: ${fix}`]),
    ...(accepted === undefined ? [] : [`  accepted: ${accepted}`]),
  ].join('\n')
}

/** Returns the previous line, the line, and a mark under the column. */
function frame(text: string | undefined, line: number, column: number): readonly string[] {
  const lines = text?.split(/\r?\n/)
  if (lines?.[line - 1] === undefined) return []
  const width = String(line).length
  const show = (number: number) =>
    `  ${String(number).padStart(width)} | ${lines[number - 1] ?? ''}`
  return [
    ...(line > 1 ? [show(line - 1)] : []),
    show(line),
    `  ${' '.repeat(width)} | ${' '.repeat(column - 1)}^`,
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
