/** A client of the routes that read the decision log. It checks each answer. */
import type { Question, ShardPage } from '../../analysis/in-house.ts'
import { parseObject } from '../../client/in-house.ts'
import {
  DECISION_SHARDS_HEADER,
  type DecisionAnswer,
  type DecisionExplanation,
} from '../../contract/decisions/answers.ts'
import {
  type DecisionRecord,
  decisionRecordSchema,
  isKnownRecord,
} from '../../contract/decisions/record.ts'
import { PROBLEMS } from '../../contract/problems/problems.ts'
import { PATHS } from '../../protocol/paths.ts'
import { CommandFailure, refusal } from '../shell/failure.ts'
import { MAX_EMPTY_PAGES } from '../shell/limits.ts'
import {
  type AdminAccess,
  type AdminAnswer,
  ask,
  describeProblem,
  notAGateway,
} from '../trust/admin-api.ts'
import { type Missing, readMissing } from './missing.ts'

export type ReadPage = {
  readonly decisions: readonly DecisionRecord[]
  /** The cursor of the next page. */
  readonly next: string | undefined
  readonly missing: Missing
  /** The end of the period in question, in epoch milliseconds: without `to`, the gateway's time. */
  readonly to: number | undefined
}

export async function findDecisions(access: AdminAccess, question: Question): Promise<ReadPage> {
  const query = new URLSearchParams(question.map(([name, value]) => [name, value]))
  const answer = await ask(access, { method: 'GET' }, `${PATHS.adminDecisions}?${query}`)
  if (answer.status !== 200) throw describeProblem(answer)
  const { decisions, complete, next, ...rest } = parseObject(answer.text) ?? {}
  const isPage = Array.isArray(decisions) && decisions.every(isRecord)
  // A page that is not complete says where to continue. Otherwise decisions would be missing.
  const isContinued = complete === true ? next === undefined : typeof next === 'string'
  if (!isPage || !isContinued) throw notAGateway(answer.status)
  return {
    decisions,
    next: typeof next === 'string' ? next : undefined,
    missing: readMissing(rest),
    to: typeof rest.to === 'number' ? rest.to : undefined,
  }
}

/**
 * Reads page after page. A page may be short, or empty, and not the last. Fails if the gateway names
 * new pages without end.
 */
export async function* readPages(
  access: AdminAccess,
  askNext: () => Question,
): AsyncGenerator<ReadPage> {
  let empty = 0
  let cursor: string | undefined
  do {
    const continued: Question = cursor === undefined ? [] : [['cursor', cursor]]
    const page = await findDecisions(access, [...askNext(), ...continued])
    yield page
    empty = page.decisions.length === 0 ? empty + 1 : 0
    if (empty >= MAX_EMPTY_PAGES) {
      throw refusal(
        `${MAX_EMPTY_PAGES} pages in a row have no decision, and the gateway names a further one`,
        'ask for a shorter period with --from and --to',
      )
    }
    cursor = page.next
  } while (cursor !== undefined)
}

/** Reads one page of one shard. It checks only what identifies a record, because there are many. */
export async function readShard(
  access: AdminAccess,
  question: Question,
): Promise<ShardPage & Pick<ReadPage, 'missing'>> {
  const query = new URLSearchParams(question.map(([name, value]) => [name, value]))
  const answer = await ask(access, { method: 'GET' }, `${PATHS.adminDecisions}?${query}`)
  if (answer.status !== 200) throw describeProblem(answer)
  const { decisions, complete, next, ...rest } = parseObject(answer.text) ?? {}
  const shards = Number(answer.headers.get(DECISION_SHARDS_HEADER) ?? Number.NaN)
  const isContinued = complete === true ? next === undefined : typeof next === 'string'
  const isPage = Array.isArray(decisions) && decisions.every(isKnownRecord)
  if (!isPage || !isContinued || !Number.isInteger(shards)) throw notAGateway(answer.status)
  const missing = readMissing(rest)
  return { decisions, next: typeof next === 'string' ? next : undefined, missing, shards }
}

export async function findDecision(access: AdminAccess, id: string): Promise<DecisionAnswer> {
  const path = PATHS.adminDecision.replace('{id}', encodeURIComponent(id))
  const answer = await ask(access, { method: 'GET' }, path)
  if (answer.status !== 200) throw describeUnknown(answer, id)
  const { decision, explanation } = parseObject(answer.text) ?? {}
  if (!isRecord(decision) || !isExplanation(explanation)) throw notAGateway(answer.status)
  return { decision, explanation }
}

/** An export of the log has the decision in one line, compressed or not. */
function describeUnknown(answer: AdminAnswer, id: string): CommandFailure {
  const { exitCode, message, hints } = describeProblem(answer)
  const isUnknown = parseObject(answer.text)?.type === PROBLEMS.notFound.type
  return new CommandFailure(exitCode, message, [
    ...hints,
    ...(isUnknown
      ? [
          'the log of a gateway that imported an export begins empty',
          `look in files of decisions export, of export --decisions or of the bucket: zgrep -h ${id} FILE`,
        ]
      : []),
  ])
}

export type ExportPart = {
  /** Lines, each ended by a line feed. */
  readonly text: string
  /** The question for the next part. */
  readonly next: Question | undefined
  /** How many shards the deployment has. */
  readonly shards: number
}

export async function exportPart(access: AdminAccess, question: Question): Promise<ExportPart> {
  const query = new URLSearchParams(question.map(([name, value]) => [name, value]))
  const answer = await ask(access, { method: 'GET' }, `${PATHS.adminDecisionsExport}?${query}`)
  if (answer.status !== 200) throw describeProblem(answer)
  const shards = Number(answer.headers.get(DECISION_SHARDS_HEADER) ?? Number.NaN)
  if (!Number.isInteger(shards) || !/^(?:\{.*\n)*$/.test(answer.text)) {
    throw notAGateway(answer.status)
  }
  const link = /^<\?([^>]*)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1]
  const next = link === undefined ? undefined : [...new URLSearchParams(link)]
  return { text: answer.text, next, shards }
}

function isRecord(value: unknown): value is DecisionRecord {
  return decisionRecordSchema.safeParse(value).success
}

function isExplanation(value: unknown): value is DecisionExplanation {
  if (typeof value !== 'object' || value === null) return false
  const { status, rules = [] }: Partial<Record<keyof DecisionExplanation, unknown>> = value
  return typeof status === 'string' && Array.isArray(rules)
}
