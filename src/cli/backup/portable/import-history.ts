/**
 * Sends an export to a gateway. The revisions become visible with the last request, so an import that
 * was interrupted can be repeated.
 */
import { parseObject } from '../../../client/in-house.ts'
import type { RevisionSummary } from '../../../contract/admin.ts'
import { historySchema, type TrustHistory } from '../../../contract/backup/history.ts'
import { PATHS } from '../../../protocol/paths.ts'
import { afterStored } from '../../revocations/after-stored.ts'
import { latestMoment, sayFutureMoment } from '../../revocations/future-moments.ts'
import { importRevocations, sayUnknown } from '../../revocations/revocations-api.ts'
import { refusal } from '../../shell/failure.ts'
import {
  type AdminAccess,
  ask,
  describeProblem,
  notAGateway,
  readSummary,
} from '../../trust/admin-api.ts'
import type { ExportHeader } from './format.ts'
import { readExport } from './read-export.ts'

/** As many as a gateway takes at once. */
const PART_ROWS = 5000
/** With the revisions, the keys must fit into one request. Others are fetched from their issuers. */
const MAX_KEY_CHARACTERS = 8 * 1024 * 1024

/** A history with at least one revision. */
export type ImportedHistory = {
  readonly trust: TrustHistory
  /** The newest document as JSON text. */
  readonly document: string
}

export type Contents = {
  readonly header: ExportHeader
  /** Undefined if the gateway had no revision of its trust document. */
  readonly history: ImportedHistory | undefined
  readonly revocations: number
  /** Lines of the decision log. They stay in the file. */
  readonly decisions: number
}

/** Reads the whole file, checks every byte, and returns what must be in memory. */
export async function readContents(path: string): Promise<Contents> {
  let header: ExportHeader | undefined
  // Parsed after the whole file was checked.
  const revisions: string[] = []
  const issuerKeys: string[] = []
  let [revocations, decisions, keyCharacters] = [0, 0, 0]
  let newest = { revision: 0, text: '' }
  for await (const item of readExport(path)) {
    if (item.kind === 'header') header = item.header
    if (item.kind !== 'line') continue
    const { part, line } = item
    const revision = revisionOf(part)
    if (revision > newest.revision) newest = { revision, text: line }
    else if (part === 'revisions') revisions.push(line)
    else if (part === 'issuer-keys') {
      keyCharacters += line.length
      if (keyCharacters <= MAX_KEY_CHARACTERS) issuerKeys.push(line)
    } else if (part === 'revocations') {
      parseLine(path, line)
      revocations += 1
    } else if (revision === 0) decisions += 1
  }
  if (header === undefined) throw withoutHistory(path)
  const rest = { header, revocations, decisions }
  if (newest.revision === 0 && revisions.length === 0) return { ...rest, history: undefined }
  const trust = historySchema.safeParse({
    v: 1,
    issuer: header.issuer,
    exported_at: header.created_at,
    revisions: revisions.map((line) => parseLine(path, line)),
    issuer_keys: issuerKeys.map((line) => parseLine(path, line)),
  })
  if (!trust.success) throw withoutHistory(path)
  return { ...rest, history: { trust: trust.data, document: newest.text } }
}

function withoutHistory(path: string) {
  return refusal(`refused: ${path} has no history of a trust document; nothing was changed`)
}

function parseLine(path: string, line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw refusal(`refused: ${path} has a line that is not JSON; nothing was changed`)
  }
}

/** 0 for another part. */
function revisionOf(part: string): number {
  return Number(/^documents\/([0-9]+)$/.exec(part)?.[1] ?? 0)
}

/** Returns the number of the newest revision of the gateway; 0 if it has none. */
export async function findNewest(access: AdminAccess): Promise<number> {
  const answer = await ask(access, { method: 'GET' }, `${PATHS.adminTrustRevisions}?limit=1`)
  if (answer.status !== 200) throw describeProblem(answer)
  const revisions = parseObject(answer.text)?.revisions
  if (!Array.isArray(revisions)) throw notAGateway(answer.status)
  return readSummary(revisions[0])?.revision ?? 0
}

/** Sends the documents, which no caller sees yet. */
export async function sendDocuments(access: AdminAccess, path: string): Promise<void> {
  for await (const item of readExport(path)) {
    const revision = item.kind === 'line' ? revisionOf(item.part) : 0
    if (item.kind !== 'line' || revision === 0) continue
    const query = `${PATHS.adminTrustHistory}?revision=${revision}`
    await send(access, 'PUT', query, item.line)
  }
}

/** Returns how many were new to the gateway. They weaken none that it has. */
export async function sendRevocations(access: AdminAccess, path: string): Promise<number> {
  let rows: unknown[] = []
  let [sent, stored, unknown, latest] = [0, 0, 0, 0]
  const flush = async () => {
    if (rows.length === 0) return
    const start = sent
    const name = (index: number) => `line ${start + index + 1} of the part revocations`
    const part = await importRevocations(access, rows, name)
    sent += rows.length
    latest = latestMoment(rows, latest)
    stored += part.stored
    unknown += part.unknown
    rows = []
  }
  const describe = () => (sent === 0 ? undefined : `the first ${sent} revocations are stored`)
  await afterStored(describe, 'later one', async () => {
    for await (const item of readExport(path)) {
      if (item.kind !== 'line' || item.part !== 'revocations') continue
      rows.push(parseLine(path, item.line))
      if (rows.length === PART_ROWS) await flush()
    }
    await flush()
  })
  sayFutureMoment(latest)
  sayUnknown(unknown)
  return stored
}

/** Makes the history visible, with the import as its next revision. */
export async function sendHistory(
  access: AdminAccess,
  history: TrustHistory,
): Promise<RevisionSummary> {
  const text = await send(access, 'POST', PATHS.adminTrustHistory, JSON.stringify(history))
  const summary = readSummary(parseObject(text))
  if (summary === undefined) throw notAGateway(200)
  return summary
}

async function send(access: AdminAccess, method: 'PUT' | 'POST', path: string, body: string) {
  const headers = { 'content-type': 'application/json' }
  const answer = await ask(access, { method, headers, body }, path)
  if (answer.status !== 200) throw describeProblem(answer)
  return answer.text
}
