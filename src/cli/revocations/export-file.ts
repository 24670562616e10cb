/**
 * The file of `edgemint revocations export`: a header, one revocation a line, and an end with their
 * number and digest. Lines of structure begin with `#`, as in the file of `edgemint export`.
 * docs/revocation.md describes the form.
 */
import { createHash } from 'node:crypto'
import { RELEASE } from '../../protocol/release.ts'
import type { JsonObject } from '../../web/json.ts'
import { makePlainJson } from '../../web/text/plain.ts'
import { EXPORT_KINDS, findExportKind, readFirstLine } from '../backup/portable/export-kinds.ts'
import { parseStructure, partEndSchema, writeStructure } from '../backup/portable/format.ts'
import { type CommandFailure, refusal, usageFailure } from '../shell/failure.ts'
import { AS_WRITTEN, describeChange } from '../shell/faults/changed-file.ts'

/** Raise it if a release could not read, or would misunderstand, a file of the next one. */
const VERSION = 1

/** The name of the part in the end. */
const PART = 'revocations'

const EXPORT_AGAIN =
  'use another copy of the file, or export again: npx edgemint revocations export'

export type ExportedRow = {
  readonly value: unknown
  /** The line of the file, from 1. */
  readonly line: number
}

export type ExportFile = {
  readonly rows: readonly ExportedRow[]
  /** False for a file of an earlier release, which has no end. A part of it may be missing. */
  readonly isWhole: boolean
}

export type RowWriter = {
  readonly write: (rows: readonly unknown[]) => void
  /** Writes the end. Returns how many rows were written. */
  readonly end: () => number
}

/** Writes the header. `createdAt` is in epoch seconds. */
export function startRows(createdAt: number, put: (text: string) => void): RowWriter {
  const hash = createHash('sha256')
  let lines = 0
  put(writeStructure({ edgemint_revocations: VERSION, release: RELEASE, created_at: createdAt }))
  return {
    write(rows) {
      // CI can write the file into its log. The text of a gateway must not control the log.
      const text = rows.map((row) => `${makePlainJson(JSON.stringify(row))}\n`).join('')
      hash.update(text)
      lines += rows.length
      put(text)
    },
    end() {
      put(writeStructure({ end: PART, lines, sha256: hash.digest('hex') }))
      return lines
    },
  }
}

/**
 * Reads the bytes of the file at `path`.
 * @throws {CommandFailure} if it is cut off, damaged, of a newer form, changed by another program, or
 *   has a line that is not JSON.
 */
export function readExportFile(bytes: Buffer, path: string): ExportFile {
  const change = describeChange(bytes)
  if (change === 'is compressed') throw refuse(`${path} is compressed`, 'decompress it first')
  const text = bytes.toString('utf8')
  // Lines of an earlier release have no digest, so they may end with CR LF.
  if (change !== undefined && (text.startsWith('#') || change !== 'ends with CR LF')) {
    const what = `the first line of ${path} ${change}: another program changed the file`
    throw refuse(what, AS_WRITTEN)
  }
  const bodyStart = text.indexOf('\n') + 1 || text.length
  const header = readFirstLine(text.slice(0, bodyStart))
  refuseOther(header, path)
  if (!text.startsWith('#')) return { rows: parseRows(text, 1, path), isWhole: false }
  checkHeader(header, path)
  const endStart = Math.max(bodyStart, text.lastIndexOf('\n', text.length - 2) + 1)
  const body = text.slice(bodyStart, endStart)
  const expected = parseStructure(partEndSchema, text.slice(endStart))
  if (expected?.end !== PART) {
    throw refuse(`${path} is cut off: its last line is not the end of an export`)
  }
  const lines = body.split('\n').length - 1
  if (expected.lines !== lines) {
    throw refuse(
      `the number of revocations in ${path} is ${lines}, and its last line says ${expected.lines}`,
    )
  }
  const hash = createHash('sha256').update(body).digest('hex')
  if (expected.sha256 !== hash) throw refuse(`${path} is damaged: a line of it was changed`)
  return { rows: parseRows(body, 2, path), isWhole: true }
}

function refuseOther(header: JsonObject, path: string): void {
  const kind = findExportKind(header)
  if (kind === undefined || kind === 'revocations') return
  const { what, hint } = EXPORT_KINDS[kind]
  throw refuse(`${path} is an export of ${what}`, hint)
}

/** The header of a newer form may have members that this release does not know. */
function checkHeader(header: JsonObject, path: string): void {
  const { edgemint_revocations: version, release } = header
  if (typeof version !== 'number') throw refuse(`${path} is damaged or cut off in its first line`)
  if (version === VERSION) return
  const hint = 'use the release that made it, or a later one'
  throw refuse(`${path} is from release ${String(release)}, and this is ${RELEASE}`, hint)
}

function refuse(message: string, hint = EXPORT_AGAIN): CommandFailure {
  return refusal(`refused: ${message}; nothing was imported`, hint)
}

function parseRows(text: string, firstLine: number, path: string): readonly ExportedRow[] {
  return text.split('\n').flatMap((row, index) => {
    if (row === '') return []
    const line = firstLine + index
    try {
      return [{ value: JSON.parse(row) as unknown, line }]
    } catch {
      throw usageFailure(`line ${line} of ${path} is not JSON: nothing was imported`)
    }
  })
}
