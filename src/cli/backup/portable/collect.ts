/**
 * Asks a gateway for everything that an export has: documents, revisions, keys of issuers,
 * revocations, and the checkpoints or the batches of the decision log. No secret and no token.
 */
import type { Question } from '../../../analysis/in-house.ts'
import { parseObject } from '../../../client/in-house.ts'
import { DECISION_SHARDS_HEADER } from '../../../contract/decisions/answers.ts'
import { OPENID_CONFIGURATION, PATHS } from '../../../protocol/paths.ts'
import { exportPart } from '../../decisions/decisions-api.ts'
import { exportRevocations } from '../../revocations/revocations-api.ts'
import { type AdminAccess, ask, describeProblem, notAGateway } from '../../trust/admin-api.ts'
import { listRevisions } from '../../trust/revisions/revisions-api.ts'
import type { ExportWriter } from './format.ts'

export type Collected = {
  readonly revisions: number
  readonly documents: number
  readonly revocations: number
  /** 0 if the gateway has no decision log. */
  readonly shards: number
}

/** Returns the issuer URL of the gateway, from its metadata. */
export async function readIssuer(access: AdminAccess): Promise<string> {
  const answer = await ask(access, { method: 'GET' }, OPENID_CONFIGURATION)
  const issuer = parseObject(answer.text)?.issuer
  if (answer.status !== 200 || typeof issuer !== 'string') throw notAGateway(answer.status)
  return issuer
}

export async function collect(
  readAccess: () => Promise<AdminAccess>,
  writer: ExportWriter,
  hasDecisions: boolean,
): Promise<Collected> {
  const access = await readAccess()
  const { revisions, documents } = await writeTrust(access, writer)
  await writeIssuerKeys(access, writer)
  let revocations = 0
  await writer.startPart('revocations')
  for await (const rows of exportRevocations(access)) {
    for (const row of rows) await writer.writeLine(JSON.stringify(row))
    revocations += rows.length
  }
  await writer.endPart()
  const shards = await countShards(access)
  if (hasDecisions) await writeDecisions(readAccess, writer, shards)
  else await writeCheckpoints(access, writer, shards)
  return { revisions, documents, revocations, shards }
}

/** The documents come first: one that the gateway deletes meanwhile is marked in the revisions. */
async function writeTrust(access: AdminAccess, writer: ExportWriter) {
  const { revisions } = await listRevisions(access, Number.MAX_SAFE_INTEGER)
  const inOrder = [...revisions].reverse()
  const kept = new Set<number>()
  for (const { revision } of inOrder.filter((one) => one.kept)) {
    const path = `${PATHS.adminTrust}?revision=${revision}`
    const answer = await ask(access, { method: 'GET' }, path)
    if (answer.status === 404) continue
    if (answer.status !== 200) throw describeProblem(answer)
    if (parseObject(answer.text) === undefined || answer.text.includes('\n')) {
      throw notAGateway(answer.status)
    }
    await writer.startPart(`documents/${revision}`)
    await writer.writeLine(answer.text)
    await writer.endPart()
    kept.add(revision)
  }
  await writer.startPart('revisions')
  for (const summary of inOrder) {
    await writer.writeLine(JSON.stringify({ ...summary, kept: kept.has(summary.revision) }))
  }
  await writer.endPart()
  return { revisions: inOrder.length, documents: kept.size }
}

async function writeIssuerKeys(access: AdminAccess, writer: ExportWriter): Promise<void> {
  await writer.startPart('issuer-keys')
  let after: string | undefined = ''
  while (after !== undefined) {
    const path: string = `${PATHS.adminIssuerKeys}?${new URLSearchParams({ after })}`
    const answer = await ask(access, { method: 'GET' }, path)
    if (answer.status !== 200) throw describeProblem(answer)
    const issuers = parseObject(answer.text)?.issuers
    if (!Array.isArray(issuers)) throw notAGateway(answer.status)
    for (const entry of issuers) await writer.writeLine(JSON.stringify(entry))
    const last: unknown = (issuers.at(-1) as { readonly url?: unknown } | undefined)?.url
    // The URLs are in order, so a gateway that repeats one would be asked for ever.
    after = typeof last === 'string' && last > after ? last : undefined
  }
  await writer.endPart()
}

async function countShards(access: AdminAccess): Promise<number> {
  const path = `${PATHS.adminDecisionsExport}?shard=0&after=head`
  const answer = await ask(access, { method: 'GET' }, path)
  if (answer.status === 501) return 0
  if (answer.status !== 200) throw describeProblem(answer)
  const shards = Number(answer.headers.get(DECISION_SHARDS_HEADER) ?? Number.NaN)
  if (!Number.isInteger(shards)) throw notAGateway(answer.status)
  return shards
}

async function writeCheckpoints(access: AdminAccess, writer: ExportWriter, shards: number) {
  await writer.startPart('checkpoints')
  for (let shard = 0; shard < shards; shard += 1) {
    const { text } = await exportPart(access, [
      ['shard', String(shard)],
      ['after', 'head'],
    ])
    await writeLines(writer, text)
  }
  await writer.endPart()
}

async function writeDecisions(
  readAccess: () => Promise<AdminAccess>,
  writer: ExportWriter,
  shards: number,
) {
  for (let shard = 0; shard < shards; shard += 1) {
    await writer.startPart(`decisions/${shard}`)
    let question: Question | undefined = [['shard', String(shard)]]
    while (question !== undefined) {
      const part = await exportPart(await readAccess(), question)
      await writeLines(writer, part.text)
      question = part.next
    }
    await writer.endPart()
  }
}

async function writeLines(writer: ExportWriter, text: string): Promise<void> {
  for (const line of text.split('\n').slice(0, -1)) await writer.writeLine(line)
}
