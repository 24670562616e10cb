/**
 * `GET /admin/v1/decisions/export` returns the chain of one shard as NDJSON. It signs the head of the
 * chain first, so that the export ends with a checkpoint. A long chain comes in parts: `Link` names the
 * next one. The parts, joined, are one export.
 */

import type { DocumentProblem } from '../../../contract/admin.ts'
import { DECISION_SHARDS_HEADER } from '../../../contract/decisions/answers.ts'
import { startChain } from '../../../contract/decisions/chain.ts'
import { referToProblems } from '../../../contract/problems/listed-problems.ts'
import { PROBLEMS } from '../../../contract/problems/problems.ts'
import { fail, ok, type Result } from '../../../web/result.ts'
import type { AdminContext } from '../../context.ts'
import { respondProblem } from '../../http/respond.ts'
import { formatExport } from '../../objects/decision-log/retention.ts'
import { refuseWithoutLog } from './decision-problems.ts'

type Start = {
  readonly shard: number
  readonly after: number
  /** Whether this is a later part, which has no header. */
  readonly continues: boolean
}

/** `after=head`: only the last checkpoint. */
const HEAD = -1

const PARAMETERS: readonly string[] = ['shard', 'after', 'continue']

export async function getDecisionsExportRoute(c: AdminContext): Promise<Response> {
  const { decisionLog, settings } = c.var.gateway
  if (decisionLog === undefined) return refuseWithoutLog()
  const shards = await decisionLog.list()
  const start = parseStart(new URL(c.req.url).searchParams, shards.length)
  if (!start.ok) return refuse(start.error)
  const { shard, continues } = start.value
  const status = await decisionLog.status(shard)
  const last = status?.sequence ?? 0
  const after = start.value.after === HEAD ? last : start.value.after
  if (after > last) {
    const message = `is after the end of the chain, whose last batch is ${last}`
    return refuse([{ code: 'sequence_invalid', path: [continues ? 'continue' : 'after'], message }])
  }
  const headers = { [DECISION_SHARDS_HEADER]: String(shards.length) }
  if (status === null) {
    const previous = startChain(settings.issuer, shard)
    const part = { after: 0, previous, text: '', lastSequence: 0, hasMore: false }
    return respondLines(formatExport(settings.issuer, shard, part), headers)
  }
  await decisionLog.checkpoint(shard)
  const part = await decisionLog.exportAfter(shard, after)
  if (part === null || (continues && part.after !== after)) {
    // A part that begins earlier begins with the damaged block that has the batches after it.
    const why = part !== null && part.after < after ? 'cannot be read' : 'were deleted by retention'
    const detail = `the batches after ${after} ${why}: start a new export`
    return respondProblem({ ...PROBLEMS.exportPurged, detail })
  }
  const text = continues ? part.text : formatExport(settings.issuer, shard, part)
  if (!part.hasMore) return respondLines(text, headers)
  const link = `<?shard=${shard}&continue=${part.lastSequence}>; rel="next"`
  return respondLines(text, { ...headers, link })
}

function parseStart(
  parameters: URLSearchParams,
  shards: number,
): Result<Start, readonly DocumentProblem[]> {
  const problems: DocumentProblem[] = []
  for (const name of new Set(parameters.keys())) {
    if (PARAMETERS.includes(name) && parameters.getAll(name).length === 1) continue
    const message = `is unknown or repeated: use ${PARAMETERS.join(', ')} once each`
    problems.push({ code: 'parameter_invalid', path: [name], message })
  }
  const shard = readNumber(parameters.get('shard') ?? '')
  if (shard === undefined || shard >= shards) {
    const message = `must be a number from 0 to ${shards - 1}`
    problems.push({ code: 'shard_invalid', path: ['shard'], message })
  }
  const continues = parameters.has('continue')
  const name = continues ? 'continue' : 'after'
  const text = parameters.get(name) ?? '0'
  const after = text === 'head' && !continues ? HEAD : readNumber(text)
  if (after === undefined || (continues && parameters.has('after'))) {
    const message = 'must be the sequence of a batch, or `head`; give either `after` or `continue`'
    problems.push({ code: 'sequence_invalid', path: [name], message })
  }
  if (shard === undefined || after === undefined || problems.length > 0) return fail(problems)
  return ok({ shard, after, continues })
}

function readNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function refuse(problems: readonly DocumentProblem[]): Response {
  const detail = referToProblems('nothing was exported', 'parameters')
  return respondProblem({ ...PROBLEMS.exportInvalid, detail, problems })
}

function respondLines(text: string, headers: Readonly<Record<string, string>>): Response {
  return new Response(text, {
    headers: {
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  })
}
