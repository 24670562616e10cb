/** The exports that the commands write, so that a command can name one that another command reads. */
import { isJsonObject, type JsonObject } from '../../../web/json.ts'

/** `what`: the end of `is an export of …`. `hint`: what reads it. */
export const EXPORT_KINDS = {
  gateway: { what: 'a whole gateway', hint: 'read it with: npx edgemint import' },
  revocations: {
    what: 'revocations alone',
    hint: 'read it with: npx edgemint revocations import',
  },
  decisions: {
    what: 'the decision log, which no gateway imports',
    hint: 'npx edgemint audit verify reads it',
  },
} as const

/** Returns the members of the first line of an export, or none if it has another form. */
export function readFirstLine(line: string): JsonObject {
  try {
    const value: unknown = JSON.parse(line.replace(/^#/, ''))
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** Returns undefined if the line is of no export, or of one before there were headers. */
export function findExportKind(header: JsonObject): keyof typeof EXPORT_KINDS | undefined {
  if (header.edgemint_export !== undefined) return 'gateway'
  if (header.edgemint_revocations !== undefined) return 'revocations'
  return header.type === 'edgemint-decisions' ? 'decisions' : undefined
}
