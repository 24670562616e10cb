/** A client of the admin API for revocations. It checks each answer. A refusal ends the command. */
import { parseObject } from '../../client/in-house.ts'
import type {
  CoarseRevocationReport,
  RevocationDryRun,
  RevocationReport,
} from '../../contract/admin.ts'
import { PATHS } from '../../protocol/paths.ts'
import { count } from '../backup/counts.ts'
import { refusal } from '../shell/failure.ts'
import { say } from '../shell/output.ts'
import { type AdminAccess, ask, describeProblem, notAGateway } from '../trust/admin-api.ts'
import { asksToConfirm, askToRevoke } from './ask-to-revoke.ts'

/** The body of `POST /admin/v1/revocations`, without the tokens of the caller. */
export type RevocationRequest = Readonly<Record<string, string | number | boolean | undefined>>

export type Revoked = RevocationReport | CoarseRevocationReport | RevocationDryRun

/**
 * Revokes, or counts what would be revoked, and tells whether the token of the caller ended. A
 * revocation is stored when this returns.
 */
export async function postRevocation(
  access: AdminAccess,
  revocation: RevocationRequest,
): Promise<{ readonly revoked: Revoked; readonly endsOwn: boolean }> {
  const { answer, endsOwn } = await askToRevoke(access, revocation)
  if (answer.status !== 200) throw describeRefusal(answer)
  const revoked = parseObject(answer.text) ?? {}
  if (isDryRun(revoked) || isCoarse(revoked) || isReport(revoked)) return { revoked, endsOwn }
  throw notAGateway(200)
}

/** Lets issuing go on. */
export async function liftRevocation(
  access: AdminAccess,
  stop: RevocationRequest,
): Promise<CoarseRevocationReport> {
  const answer = await post(access, PATHS.adminRevocationsLift, stop)
  if (isCoarse(answer)) return answer
  throw notAGateway(200)
}

export async function listRevocations(access: AdminAccess) {
  const { revocations, tokens } = await get(access, PATHS.adminRevocations)
  const isList = Array.isArray(revocations) && revocations.every(isCoarse)
  if (!isList || typeof tokens !== 'number') throw notAGateway(200)
  return { revocations: revocations as readonly CoarseRevocationReport[], tokens }
}

/** Returns the parts of an export, each with at least one row. */
export async function* exportRevocations(access: AdminAccess): AsyncGenerator<readonly unknown[]> {
  let after: number | undefined = 0
  while (after !== undefined) {
    const part: Answer = await get(access, `${PATHS.adminRevocationsExport}?after=${after}`)
    const { v, rows, next } = part
    if (v !== 1 || !Array.isArray(rows)) throw notAGateway(200)
    if (rows.length > 0) yield rows
    after = typeof next === 'number' && next > after ? next : undefined
  }
}

export type ImportedRevocations = {
  /** How many were new to the gateway. */
  readonly stored: number
  /** How many have a grain that the gateway does not know. It stored none of them. */
  readonly unknown: number
}

/** `nameRow` names a row by its index, as a refusal does: `line 7`. */
export async function importRevocations(
  access: AdminAccess,
  rows: readonly unknown[],
  nameRow: (index: number) => string,
): Promise<ImportedRevocations> {
  // An earlier release does not count them.
  const { stored, unknown = 0 } = await post(
    access,
    PATHS.adminRevocationsImport,
    { v: 1, rows },
    (path) => {
      const [list, index, ...members] = path
      if (list !== 'rows' || typeof index !== 'number') return path.join('.')
      return [members.join('.'), nameRow(index)].filter((part) => part !== '').join(' of ')
    },
  )
  if (typeof stored !== 'number' || typeof unknown !== 'number') throw notAGateway(200)
  return { stored, unknown }
}

/** Says how many revocations a file had, and how many of them the gateway did not have. */
export function sayRead(read: number, stored: number): void {
  const were = (number: number) => (number === 1 ? 'was' : 'were')
  say(
    `${count(read, 'revocation')} ${were(read)} read; ${stored} ${were(stored)} new to the gateway`,
  )
}

/** Says that the gateway does not refuse everything that the other one refused. */
export function sayUnknown(unknown: number): void {
  if (unknown === 0) return
  const those =
    unknown === 1
      ? '1 revocation was not stored: it has a kind'
      : `${unknown} revocations were not stored: they have kinds`
  say(`${those} that the gateway does not know, or the file is damaged`)
}

type Answer = Readonly<Record<string, unknown>>

async function get(access: AdminAccess, path: string): Promise<Answer> {
  const answer = await ask(access, { method: 'GET' }, path)
  if (answer.status !== 200) throw describeProblem(answer)
  return parseObject(answer.text) ?? {}
}

async function post(
  access: AdminAccess,
  path: string,
  body: object,
  renderPath?: Parameters<typeof describeProblem>[1],
): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const request = { method: 'POST' as const, headers, body: JSON.stringify(body) }
  const answer = await ask(access, request, path)
  if (answer.status !== 200) throw describeRefusal(answer, renderPath)
  return parseObject(answer.text) ?? {}
}

/** The gateway asks for the member `confirm` of the request, which is a flag here. */
function describeRefusal(...[answer, renderPath]: Parameters<typeof describeProblem>) {
  if (!asksToConfirm(answer)) return describeProblem(answer, renderPath)
  return refusal(
    'refused: your own admin token would end too, and perhaps your way to get another; nothing was revoked',
    'use a token of another administrator, or add --yes',
  )
}

const areNumbers = (...values: readonly unknown[]) =>
  values.every((value) => typeof value === 'number')

function isReport(value: unknown): value is RevocationReport {
  const { jti, revoked_at: at, expires_at: end } = value as Answer
  return typeof jti === 'string' && areNumbers(at, end)
}

function isCoarse(value: unknown): value is CoarseRevocationReport {
  const { grain, id, stops_issuing: stops, ...rest } = (value ?? {}) as Answer
  const isNamed = typeof grain === 'string' && typeof id === 'string'
  return isNamed && typeof stops === 'boolean' && areNumbers(rest.issued_before, rest.expires_at)
}

function isDryRun(value: unknown): value is RevocationDryRun {
  const { dry_run: isDry, live_tokens: count, gaps } = value as Answer
  return isDry === true && typeof count === 'number' && Array.isArray(gaps)
}
