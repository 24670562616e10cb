/** Posture findings as CSV (RFC 4180). */
import type { PostureFinding } from '../../../contract/posture/report.ts'

const COLUMNS = ['id', 'severity', 'kind', 'name', 'message', 'fix'] as const

export function writeCsv(findings: readonly PostureFinding[]): string {
  const rows = findings.map(({ id, severity, subject: { kind, name }, message, fix }) => [
    ...[id, severity, kind, name, message, fix],
  ])
  return [COLUMNS, ...rows].map((row) => `${row.map(quote).join(',')}\r\n`).join('')
}

/**
 * A spreadsheet runs a cell that begins with one of these characters as a formula. An apostrophe makes it
 * text (ADM-13). Full-width forms of the characters have the same effect in some programs.
 */
const FORMULA = /^[\s"']*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20|%]/

function quote(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}
