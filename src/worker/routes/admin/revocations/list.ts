/**
 * `GET /admin/v1/revocations` lists the coarse revocations in force, and `export` and `import` copy
 * all revocations from one gateway to another.
 */
import * as z from 'zod/mini'
import type { RevocationExport, RevocationList } from '../../../../contract/admin.ts'
import { boundedText, IN_ENGLISH, wholeNumber } from '../../../../contract/text.ts'
import { COARSE_GRAINS, EVERYTHING } from '../../../../protocol/revocations.ts'
import { readClock } from '../../../compose.ts'
import type { AdminContext } from '../../../context.ts'
import { readJsonBody } from '../../../http/json-body.ts'
import { respondJson } from '../../../http/respond.ts'
import { REVOCATION_COPY_ROWS } from '../../../limits.ts'
import { log } from '../../../log.ts'
import {
  MAX_REVOCATION_ID_CHARACTERS,
  MAX_REVOCATION_IMPORT_BYTES,
  MAX_REVOCATION_REASON_CHARACTERS,
} from './limits.ts'
import { refuse, refuseBody } from './refuse.ts'
import { describeCoarse } from './revoke.ts'

export async function getRevocationsRoute(c: AdminContext): Promise<Response> {
  const { coarse, tokens } = await c.var.gateway.revocationLog.list()
  const list: RevocationList = { revocations: coarse.map(describeCoarse), tokens }
  return respondJson(list)
}

export async function getRevocationsExportRoute(c: AdminContext): Promise<Response> {
  const after = c.req.query('after') ?? '0'
  if (!/^\d{1,15}$/.test(after)) {
    const message = 'is not the `next` of a part of an export'
    return refuse('parameterInvalid', 'after', message, 'exported')
  }
  const { rows, next } = await c.var.gateway.revocationLog.exportRows(Number(after))
  const part: RevocationExport = { v: 1, rows, ...(next === undefined ? {} : { next }) }
  return respondJson(part)
}

/** Rows of another grain, which only another release knows, are not stored. */
const GRAINS: ReadonlySet<string> = new Set(['token', ...COARSE_GRAINS])

/** As `revoke` accepts them. A control character could forge what a terminal shows (ADM-13). */
const text = boundedText(MAX_REVOCATION_ID_CHARACTERS)
const reason = boundedText(MAX_REVOCATION_REASON_CHARACTERS)

function isEffective(row: {
  readonly grain: string
  readonly id: string
  readonly issued_before: number | null
}): boolean {
  if (row.grain === 'all' && row.id !== EVERYTHING) return false
  return row.issued_before !== null || !COARSE_GRAINS.some((grain) => grain === row.grain)
}

export const revocationImportSchema = z.strictObject({
  v: z.literal(1),
  rows: z
    .array(
      z
        .strictObject({
          grain: text,
          id: text,
          issued_before: z.nullable(wholeNumber),
          stops_issuing: z.union([z.literal(0), z.literal(1)]),
          expires_at: wholeNumber,
          revoked_at: wholeNumber,
          revoked_by: text,
          reason: z.nullable(reason),
          lifted_at: z.nullable(wholeNumber),
          lifted_by: z.nullable(text),
          lift_reason: z.nullable(reason),
        })
        // Stored, such a row would be listed as a revocation and revoke nothing.
        .check(z.refine(isEffective, 'is no revocation that this grain can have')),
    )
    .check(z.maxLength(REVOCATION_COPY_ROWS)),
  next: z.optional(wholeNumber),
})

export async function postRevocationsImportRoute(c: AdminContext): Promise<Response> {
  const body = await readJsonBody(c, MAX_REVOCATION_IMPORT_BYTES)
  if (!body.ok) return body.error
  const parsed = revocationImportSchema.safeParse(body.value, IN_ENGLISH)
  if (!parsed.success) return refuseBody(parsed.error.issues, 'a part of an export', 'imported')
  const { rows } = parsed.data
  const stored = await c.var.gateway.revocationLog.importRows(rows)
  log({ event: 'revocations_imported', at: readClock(), stored })
  return respondJson({ stored, unknown: rows.filter(({ grain }) => !GRAINS.has(grain)).length })
}
