/**
 * Reads an export file and checks every byte of it. A damaged part is named. The caller acts only on
 * a file that was read to its end once.
 */
import { createHash, type Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { RELEASE } from '../../../protocol/release.ts'
import { refusal } from '../../shell/failure.ts'
import { AS_WRITTEN, describeChange } from '../../shell/faults/changed-file.ts'
import { unreadable } from '../../shell/faults/file-fault.ts'
import { isNewerRelease } from '../newer-release.ts'
import { EXPORT_KINDS, findExportKind, readFirstLine } from './export-kinds.ts'
import {
  EXPORT_VERSION,
  type ExportHeader,
  type ExportManifest,
  headerSchema,
  manifestSchema,
  parseStructure,
  partEndSchema,
  partStartSchema,
} from './format.ts'

/** A document of 24 MiB is the longest line. */
const MAX_LINE_BYTES = 32 * 1024 * 1024
const LINE_FEED = 0x0a

export type ExportItem =
  | { readonly kind: 'header'; readonly header: ExportHeader }
  | { readonly kind: 'line'; readonly part: string; readonly line: string }
  | { readonly kind: 'end'; readonly part: string }

/** Throws a refusal that names the damaged part, or the newer version that made the file. */
export async function* readExport(path: string): AsyncGenerator<ExportItem> {
  const whole = createHash('sha256')
  const parts: ExportManifest['manifest'] = []
  let part: { readonly name: string; readonly hash: Hash; lines: number } | undefined
  let place = 'header'
  let hasEnded = false
  const damaged = () =>
    refusal(
      `refused: ${path} is damaged in the ${part === undefined ? place : `part ${part.name}`}; nothing was changed`,
      'use another copy of the export',
    )
  for await (const bytes of readLines(path, damaged)) {
    if (hasEnded) throw damaged()
    const text = decode(bytes)
    if (text === undefined) throw damaged()
    if (place === 'header') {
      const header = parseStructure(headerSchema, text)
      if (header === undefined) throw describeOther(text, path) ?? damaged()
      checkVersion(header, path)
      place = 'structure after the header'
      yield { kind: 'header', header }
    } else if (!text.startsWith('#')) {
      if (part === undefined) throw damaged()
      part.hash.update(bytes)
      part.lines += 1
      yield { kind: 'line', part: part.name, line: text.slice(0, -1) }
    } else if (part !== undefined) {
      const end = parseStructure(partEndSchema, text)
      const { name, lines, hash } = part
      const isWhole = end?.end === name && end.lines === lines && end.sha256 === hash.digest('hex')
      if (end === undefined || !isWhole) throw damaged()
      parts.push({ part: name, lines, sha256: end.sha256 })
      place = `structure after the part ${name}`
      part = undefined
      yield { kind: 'end', part: name }
    } else {
      const manifest = parseStructure(manifestSchema, text)
      const start = manifest === undefined ? parseStructure(partStartSchema, text) : undefined
      if (start !== undefined && !parts.some((known) => known.part === start.part)) {
        part = { name: start.part, hash: createHash('sha256'), lines: 0 }
      } else {
        const isSame = JSON.stringify(manifest?.manifest) === JSON.stringify(parts)
        if (!isSame || manifest?.sha256 !== whole.digest('hex')) {
          if (text.includes('manifest')) place = 'manifest'
          throw damaged()
        }
        hasEnded = true
      }
    }
    if (!hasEnded) whole.update(bytes)
  }
  if (hasEnded) return
  const last = part?.name ?? parts.at(-1)?.part
  const where = last === undefined ? 'has no parts' : `ends too early, in or after the part ${last}`
  throw refusal(`refused: ${path} ${where}; nothing was changed`, 'use another copy of the export')
}

/** The header of a newer version may have members that this one does not know. */
function describeOther(text: string, path: string): Error | undefined {
  const header = readFirstLine(text)
  const { edgemint_export: version, release } = header
  if (typeof version === 'number' && version > EXPORT_VERSION) return newer(path, release)
  const kind = findExportKind(header)
  if (kind === undefined || kind === 'gateway') return undefined
  const { what, hint } = EXPORT_KINDS[kind]
  return refusal(`refused: ${path} is an export of ${what}; nothing was changed`, hint)
}

/** Says what another program did to the whole file: its first line then fits no digest. */
function refuseChanged(beginning: Buffer, path: string): void {
  const change = describeChange(beginning)
  if (change === undefined) return
  if (change === 'is compressed') {
    throw refusal(`refused: ${path} is compressed; nothing was changed`, 'decompress it first')
  }
  throw refusal(
    `refused: the first line of ${path} ${change}: another program changed the file; nothing was changed`,
    AS_WRITTEN,
  )
}

function checkVersion({ edgemint_export: version, release }: ExportHeader, path: string): void {
  if (version > EXPORT_VERSION || isNewerRelease(release)) throw newer(path, release)
}

function newer(path: string, release: unknown): Error {
  return refusal(
    `refused: ${path} is from release ${String(release)}, and this is ${RELEASE}; nothing was changed`,
    'use the release that made it, or a later one',
  )
}

function decode(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined
}

/** Yields lines with their line feeds. */
async function* readLines(path: string, damaged: () => Error): AsyncGenerator<Buffer> {
  const file = await open(path).catch((error) => {
    throw unreadable(path, error)
  })
  let pieces: Buffer[] = []
  let [length, isFirst] = [0, true]
  try {
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      const bytes = chunk as Buffer
      if (isFirst) refuseChanged(bytes, path)
      isFirst = false
      let start = 0
      for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
        yield Buffer.concat([...pieces, bytes.subarray(start, end + 1)])
        pieces = []
        length = 0
        start = end + 1
      }
      pieces.push(bytes.subarray(start))
      length += bytes.length - start
      if (length > MAX_LINE_BYTES) throw damaged()
    }
    // The last line has a line feed too.
    if (length > 0) throw damaged()
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? unreadable(path, error) : error
  } finally {
    await file.close()
  }
}
