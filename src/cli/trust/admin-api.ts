/**
 * The admin API from the operator's side: the document in force with its revision, the next one
 * sent against that revision, and how the issuers fare. Answers are judged here; refusals end the command.
 */

import {
  type Answer,
  type Ask,
  endpointUrl,
  isPassingStatus,
  judgeRefusal,
  parseObject,
  retry,
  send,
} from '../../client/in-house.ts'
import { ExchangeError } from '../../client/index.ts'
import type {
  DocumentProblem,
  IssuerReport,
  ProblemDetails,
  RevisionSummary,
  RevocationReport,
} from '../../contract/admin.ts'
import { TRUST_PROBLEMS_HEADER } from '../../contract/admin.ts'
import { MAX_DOCUMENT_BYTES } from '../../core/limits.ts'
import { PATHS } from '../../protocol/paths.ts'
import { type CommandFailure, refusal, unreachable } from '../shell/failure.ts'
import { ADMIN_TIMEOUT_MILLISECONDS } from '../shell/limits.ts'
import { readRetrySeconds, sayPause } from '../workload/retry-seconds.ts'

export type AdminAccess = { readonly url: string; readonly token: string }

export type TrustInForce = {
  readonly revision: number
  readonly document: unknown
  /** What the gateway cannot use of it. */
  readonly problems: readonly DocumentProblem[]
}

export type PutResult =
  | { readonly kind: 'applied'; readonly summary: RevisionSummary }
  | { readonly kind: 'stale' }
  | { readonly kind: 'refused'; readonly problems: readonly DocumentProblem[] }

export async function getTrust(access: AdminAccess): Promise<TrustInForce> {
  const answer = await ask(access, { method: 'GET' })
  if (answer.status !== 200) throw describeProblem(answer)
  const revision = readRevision(answer)
  const document = parseObject(answer.text)
  if (revision === undefined || document === undefined) throw notAGateway(answer.status)
  const hasProblems = answer.headers.has(TRUST_PROBLEMS_HEADER)
  const problems = hasProblems ? await getTrustProblems(access) : []
  return { revision, document, problems }
}

/** An edge that compresses makes the ETag a weak one; the revision in it is the same. */
function readRevision({ headers }: Answer): number | undefined {
  const text = /^(?:W\/)?"([0-9]{1,15})"$/.exec(headers.get('etag') ?? '')?.[1]
  return text === undefined ? undefined : Number(text)
}

/** The document of an earlier revision, as text that can be put again. */
export async function getRevision(access: AdminAccess, revision: number): Promise<string> {
  const answer = await ask(access, { method: 'GET' }, `${PATHS.adminTrust}?revision=${revision}`)
  if (answer.status !== 200) throw describeProblem(answer)
  // A gateway that does not know the parameter answers with the document in force.
  if (readRevision(answer) !== revision || parseObject(answer.text) === undefined) {
    throw notAGateway(answer.status)
  }
  return answer.text
}

async function getTrustProblems(access: AdminAccess): Promise<readonly DocumentProblem[]> {
  const answer = await ask(access, { method: 'GET' }, PATHS.adminTrustProblems)
  if (answer.status !== 200) throw describeProblem(answer)
  return readProblems(parseObject(answer.text)?.problems)
}

/** Revokes one token, by its `jti` or by itself. Durable once it returns. */
export async function postRevocation(
  access: AdminAccess,
  revocation: { readonly jti?: string; readonly token?: string; readonly reason?: string },
): Promise<RevocationReport> {
  const request = {
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(revocation),
  }
  const answer = await ask(access, request, PATHS.adminRevocations)
  if (answer.status !== 200) throw describeProblem(answer)
  const { jti, revoked_at, expires_at } = parseObject(answer.text) ?? {}
  const isReport =
    typeof jti === 'string' && typeof revoked_at === 'number' && typeof expires_at === 'number'
  if (!isReport) throw notAGateway(answer.status)
  return { jti, revoked_at, expires_at }
}

/** As the gateway says it. A member that a newer gateway adds is passed on. */
export async function getIssuers(access: AdminAccess): Promise<readonly IssuerReport[]> {
  const answer = await ask(access, { method: 'GET' }, PATHS.adminIssuers)
  if (answer.status !== 200) throw describeProblem(answer)
  const issuers = parseObject(answer.text)?.issuers
  if (!Array.isArray(issuers) || !issuers.every(isIssuerReport)) throw notAGateway(answer.status)
  return issuers
}

/** The members that everything else hangs on; the rest comes from the same gateway. */
function isIssuerReport(value: unknown): value is IssuerReport {
  if (typeof value !== 'object' || value === null) return false
  const { name, url, keys, decisions, warnings }: Partial<Record<keyof IssuerReport, unknown>> =
    value
  const isObject = (one: unknown) => typeof one === 'object' && one !== null
  return (
    typeof name === 'string' &&
    typeof url === 'string' &&
    isObject(keys) &&
    isObject(decisions) &&
    Array.isArray(warnings)
  )
}

export async function putTrust(
  access: AdminAccess,
  json: string,
  ifRevision: number,
): Promise<PutResult> {
  const answer = await ask(access, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'if-match': `"${ifRevision}"` },
    body: json,
  })
  if (answer.status === 412) return { kind: 'stale' }
  const body = parseObject(answer.text)
  if (answer.status === 400) {
    const problems = readProblems(body?.problems)
    if (problems.length > 0) return { kind: 'refused', problems }
  }
  if (answer.status !== 200) throw describeProblem(answer)
  const { revision, digest, author, applied_at } = body ?? {}
  if (
    typeof revision !== 'number' ||
    typeof digest !== 'string' ||
    typeof author !== 'string' ||
    typeof applied_at !== 'number'
  ) {
    throw notAGateway(answer.status)
  }
  return { kind: 'applied', summary: { revision, digest, author, applied_at } }
}

/**
 * A read is tried again. A document is sent once: had the first one arrived, the second would be
 * answered as if somebody else had changed the document.
 */
async function ask(
  { url, token }: AdminAccess,
  request: Pick<Ask, 'method' | 'headers' | 'body'>,
  path: string = PATHS.adminTrust,
): Promise<Answer> {
  const attempt = async () => {
    const answer = await send({
      ...request,
      url: endpointUrl(url, path),
      headers: { ...request.headers, authorization: `Bearer ${token}` },
      timeoutMilliseconds: ADMIN_TIMEOUT_MILLISECONDS,
      maxBytes: MAX_DOCUMENT_BYTES,
    })
    if (isPassingStatus(answer.status)) throw describePassing(answer)
    return answer
  }
  const seconds = request.method === 'GET' ? readRetrySeconds() : 0
  try {
    return await retry(attempt, { seconds, onPause: sayPause })
  } catch (error) {
    if (error instanceof ExchangeError) throw unreachable(error.description)
    throw error
  }
}

/** In the gateway's own words where it is the gateway that answered. */
function describePassing(answer: Answer): ExchangeError {
  const { status } = answer
  const { retryAfterSeconds, description } = judgeRefusal(answer)
  const detail = readDetail(answer) ?? description
  return new ExchangeError({ code: 'unreachable', status, description: detail, retryAfterSeconds })
}

function readDetail({ text }: Answer): string | undefined {
  const { detail }: Partial<Record<keyof ProblemDetails, unknown>> = parseObject(text) ?? {}
  return typeof detail === 'string' ? detail : undefined
}

/** 401 and 403 are about the token, the rest about the request. */
function describeProblem(answer: Answer): CommandFailure {
  const { status } = answer
  const detail = readDetail(answer)
  if (detail === undefined) return notAGateway(status)
  const isAboutToken = status === 401
  const hints = isAboutToken
    ? ['exchange one for the gateway itself: npx edgemint exchange --help']
    : []
  return refusal(`refused: ${detail} (${status})`, ...hints)
}

function notAGateway(status: number): CommandFailure {
  return unreachable(
    `the answer (status ${status}) is not from a gateway`,
    'check --url: it is the issuer URL of the gateway',
  )
}

function readProblems(value: unknown): readonly DocumentProblem[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((entry: unknown): readonly DocumentProblem[] => {
    if (typeof entry !== 'object' || entry === null) return []
    const { code, path, message }: Partial<Record<keyof DocumentProblem, unknown>> = entry
    if (typeof code !== 'string' || typeof message !== 'string' || !Array.isArray(path)) return []
    const isStep = (step: unknown) => typeof step === 'string' || typeof step === 'number'
    return path.every(isStep) ? [{ code, path, message }] : []
  })
}
