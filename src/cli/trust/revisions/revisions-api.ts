/** Reads the history of the trust document of a gateway. */
import { parseObject } from '../../../client/in-house.ts'
import type { KeptRevision } from '../../../contract/admin.ts'
import { MAX_PAGE_REVISIONS } from '../../../contract/limits.ts'
import { PATHS } from '../../../protocol/paths.ts'
import { parseNumber } from '../../shell/flags.ts'
import {
  type AdminAccess,
  ask,
  describeProblem,
  getRevision,
  notAGateway,
  readSummary,
  unknownRevision,
} from '../admin-api.ts'

export type RevisionList = {
  readonly revisions: readonly KeptRevision[]
  /** Whether there are no earlier revisions. */
  readonly isComplete: boolean
}

/** The gateway reads at most 15 digits. */
const MAX_REVISION = 999_999_999_999_999

/** Reads page after page of the newest revisions, at most this many, the newest first. */
export async function* readRevisions(
  access: AdminAccess,
  most: number,
): AsyncGenerator<RevisionList> {
  let count = 0
  let next: number | undefined
  do {
    const page = await getPage(access, Math.min(MAX_PAGE_REVISIONS, most - count), next)
    count += page.revisions.length
    next = page.next
    yield { revisions: page.revisions, isComplete: next === undefined }
  } while (next !== undefined && count < most)
}

/** Returns the newest revisions, at most this many, the newest first. Keeps all of them in memory. */
export async function listRevisions(access: AdminAccess, most: number): Promise<RevisionList> {
  const revisions: KeptRevision[] = []
  let isComplete = true
  for await (const page of readRevisions(access, most)) {
    revisions.push(...page.revisions)
    isComplete = page.isComplete
  }
  return { revisions, isComplete }
}

/** @throws a refusal if the gateway has no such revision. */
export async function findRevision(access: AdminAccess, number: number): Promise<KeptRevision> {
  // A gateway refuses a greater number than the greatest one. Without it, the newest is returned.
  const before = number < MAX_REVISION ? number + 1 : undefined
  const { revisions } = await getPage(access, 1, before)
  const found = revisions.find(({ revision }) => revision === number)
  if (found === undefined) throw unknownRevision(number)
  return found
}

async function getPage(access: AdminAccess, limit: number, before: number | undefined) {
  const query = new URLSearchParams({
    limit: String(limit),
    ...(before === undefined ? {} : { before: String(before) }),
  })
  const answer = await ask(access, { method: 'GET' }, `${PATHS.adminTrustRevisions}?${query}`)
  if (answer.status !== 200) throw describeProblem(answer)
  const { revisions, next } = parseObject(answer.text) ?? {}
  if (!Array.isArray(revisions)) throw notAGateway(answer.status)
  const list = revisions.map((value: unknown) => readRevision(value, answer.status))
  if (next === undefined) return { revisions: list, next }
  // A page that names itself as the next one would be asked for ever.
  const isEarlier = typeof next === 'number' && next > 0 && next < (before ?? next + 1)
  if (!isEarlier || list.length === 0) throw notAGateway(answer.status)
  return { revisions: list, next }
}

function readRevision(value: unknown, status: number): KeptRevision {
  const summary = readSummary(value)
  const { kept } = value as { readonly kept?: unknown }
  if (summary === undefined || typeof kept !== 'boolean') throw notAGateway(status)
  return { ...summary, kept }
}

/** Returns the document of a revision as a JSON value. */
export async function getDocument(access: AdminAccess, revision: number): Promise<unknown> {
  return JSON.parse(await getRevision(access, revision))
}

export function parseRevision(text: string): number {
  return parseNumber('the revision', text, { least: 1, most: MAX_REVISION })
}
