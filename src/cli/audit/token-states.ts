/**
 * Says of issued tokens whether they still live. The gateway keeps a revocation only as long as the
 * tokens that it names can live, so of a token that has expired nothing is known.
 */
import type { CoarseRevocationReport } from '../../contract/admin.ts'
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import { OWN_ISSUER } from '../../core/policy/compile/issuers/own-name.ts'
import { exportRevocations, listRevocations } from '../revocations/revocations-api.ts'
import { CommandFailure } from '../shell/failure.ts'
import type { AdminAccess } from '../trust/admin-api.ts'

export type TokenState = {
  /** `unknown`: it has not expired, and not every revocation that may name it is known. */
  readonly state: 'live' | 'revoked' | 'expired' | 'unknown'
  /** Epoch seconds; null if it is not known to be revoked. */
  readonly revoked_at: number | null
}

export type Revocations = {
  readonly coarse: readonly CoarseRevocationReport[]
  /** When each single token was revoked, in epoch seconds, by `jti`. */
  readonly tokens: ReadonlyMap<string, number>
  /** Why not every revocation is known; undefined if each is. */
  readonly missing: string | undefined
}

/** A token that may read no revocations still gets an answer, which says what it lacks. */
export async function readRevocations(access: AdminAccess): Promise<Revocations> {
  const tokens = new Map<string, number>()
  let coarse: readonly CoarseRevocationReport[] = []
  try {
    const list = await listRevocations(access)
    coarse = list.revocations
    if (list.tokens > 0) {
      for await (const rows of exportRevocations(access)) {
        for (const row of rows) addToken(tokens, row)
      }
    }
    return { coarse, tokens, missing: undefined }
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    return { coarse, tokens, missing: error.message }
  }
}

function addToken(tokens: Map<string, number>, row: unknown): void {
  const { grain, id, revoked_at: at } = (row ?? {}) as Readonly<Record<string, unknown>>
  if (grain === 'token' && typeof id === 'string' && typeof at === 'number') tokens.set(id, at)
}

/** Returns a function that says the state of the token of a record, at a moment in epoch seconds. */
export function createStates(
  records: readonly DecisionRecord[],
  { coarse, tokens, missing }: Revocations,
  at: number,
): (record: DecisionRecord) => TokenState {
  const byToken = new Map(records.map((record) => [record.token_id, record]))

  /** The token with its ancestors. Undefined in place of those that are not among the records. */
  function lineageOf(record: DecisionRecord): readonly (DecisionRecord | undefined)[] {
    const lineage = new Set<DecisionRecord | undefined>([record])
    for (const one of lineage) {
      for (const id of listParents(one)) lineage.add(byToken.get(id))
    }
    return [...lineage]
  }

  return (record) => {
    if ((record.expires_at ?? 0) <= at) return { state: 'expired', revoked_at: null }
    const lineage = lineageOf(record)
    const moments = lineage.flatMap((one) =>
      one === undefined
        ? []
        : coarse.filter((row) => isNamed(row, one)).map((row) => row.revoked_at),
    )
    const ids = lineage.flatMap((one) => [one?.token_id, ...listParents(one)])
    const single = ids.flatMap((id) => tokens.get(id ?? '') ?? [])
    const all = [...moments, ...single]
    if (all.length > 0) return { state: 'revoked', revoked_at: Math.min(...all) }
    const isKnown = missing === undefined && !lineage.includes(undefined)
    return { state: isKnown ? 'live' : 'unknown', revoked_at: null }
  }
}

/** The tokens of this gateway that a token was issued from: the exchanged one, and that of its actor. */
function listParents(record: DecisionRecord | undefined): readonly string[] {
  const { parent_token_id: parent, actor } = record ?? {}
  const acting = actor?.issuer === OWN_ISSUER ? actor?.token_id : undefined
  return [parent, acting].filter((id) => id !== undefined)
}

function isNamed(row: CoarseRevocationReport, record: DecisionRecord): boolean {
  const isBefore = Math.floor(record.at / 1000) < row.issued_before
  // A stop of everything stops no admin token, so those that were issued after it live.
  if (row.grain === 'all') return isBefore
  if (!row.stops_issuing && !isBefore) return false
  const { actor } = record
  switch (row.grain) {
    case 'subject':
      return [record.subject, record.issued_subject, actor?.subject].includes(row.id)
    case 'rule':
      return record.rule === row.id
    case 'issuer':
      return [record.issuer_url, actor?.issuer_url].includes(row.id)
    case 'key':
      return record.key_id === row.id
    default:
      return false
  }
}
