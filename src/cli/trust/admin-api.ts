/**
 * A client of the admin API: reads and replaces the trust document, and reads the state of issuers. It
 * checks each answer. A refusal ends the command.
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
} from '../../contract/admin.ts'
import { TRUST_PROBLEMS_HEADER } from '../../contract/admin.ts'
import { PROBLEMS } from '../../contract/problems/problems.ts'
import { MAX_DOCUMENT_BYTES } from '../../core/limits.ts'
import { PATHS } from '../../protocol/paths.ts'
import { findScopeHint } from '../people/scope-hint.ts'
import { findTokenFault } from '../people/token-fault.ts'
import { CommandFailure, refusal, unreachable } from '../shell/failure.ts'
import { findAddressHint } from '../shell/faults/address-hint.ts'
import { ADMIN_TIMEOUT_MILLISECONDS, MAX_KEYS_BYTES } from '../shell/limits.ts'
import { describeExchangeFailure } from '../workload/exchange-failure.ts'
import { readRetrySeconds, sayPause } from '../workload/retry-seconds.ts'

/** An answer of the admin API, and what the refused token itself says about the reason. */
export type AdminAnswer = Answer & { readonly tokenFault?: string | undefined }

export type AdminAccess = { readonly url: string; readonly token: string }

export type TrustInForce = {
  readonly revision: number
  readonly document: unknown
  /** The parts of the document that the gateway cannot use. */
  readonly problems: readonly DocumentProblem[]
}

type Members<T> = Partial<Record<keyof T, unknown>>

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

/** Reads the revision from the ETag. The ETag is weak if an edge compressed the answer. */
function readRevision({ headers }: Answer): number | undefined {
  const text = /^(?:W\/)?"([0-9]{1,15})"$/.exec(headers.get('etag') ?? '')?.[1]
  return text === undefined ? undefined : Number(text)
}

/** Returns the document of an earlier revision as JSON text, which `putTrust` can send. */
export async function getRevision(access: AdminAccess, revision: number): Promise<string> {
  const answer = await ask(access, { method: 'GET' }, `${PATHS.adminTrust}?revision=${revision}`)
  if (answer.status === 404 && isUnknownRevision(answer)) {
    throw unknownRevision(revision)
  }
  if (answer.status !== 200) throw describeProblem(answer)
  const found = readRevision(answer)
  if (found === undefined || parseObject(answer.text) === undefined) {
    throw notAGateway(answer.status)
  }
  // A gateway that does not know the parameter answers with the document in force.
  if (found !== revision) throw olderGateway(answer.status)
  return answer.text
}

export function unknownRevision(revision: number): CommandFailure {
  return refusal(`there is no revision ${revision}`, 'npx edgemint trust log lists the revisions')
}

function isUnknownRevision({ text }: Answer): boolean {
  return readProblems(parseObject(text)?.problems).some(({ code }) => code === 'revision_unknown')
}

async function getTrustProblems(access: AdminAccess): Promise<readonly DocumentProblem[]> {
  const answer = await ask(access, { method: 'GET' }, PATHS.adminTrustProblems)
  if (answer.status !== 200) throw describeProblem(answer)
  return readProblems(parseObject(answer.text)?.problems)
}

/** Returns the issuers as the gateway reports them, including members that a newer gateway adds. */
export async function getIssuers(access: AdminAccess): Promise<readonly IssuerReport[]> {
  const answer = await ask(access, { method: 'GET' }, PATHS.adminIssuers)
  if (answer.status !== 200) throw describeProblem(answer)
  const issuers = parseObject(answer.text)?.issuers
  if (!Array.isArray(issuers) || !issuers.every(isIssuerReport)) throw notAGateway(answer.status)
  return issuers
}

/** Checks the required members only. Any other answer is not the report of a gateway. */
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
  message?: string,
): Promise<PutResult> {
  const request = {
    method: 'PUT' as const,
    headers: { 'content-type': 'application/json', 'if-match': `"${ifRevision}"` },
    body: json,
  }
  const query = message === undefined ? '' : `?${new URLSearchParams({ message })}`
  const answer = await ask(access, request, `${PATHS.adminTrust}${query}`).catch(describeUnknown)
  if (answer.status === 412) return { kind: 'stale' }
  const body = parseObject(answer.text)
  if (answer.status === 400) {
    const problems = readProblems(body?.problems)
    if (problems.length > 0) return { kind: 'refused', problems }
  }
  if (answer.status !== 200) throw describeProblem(answer)
  const summary = readSummary(body)
  if (summary === undefined) throw notAGateway(answer.status)
  return { kind: 'applied', summary }
}

/** The gateway may have stored the document before its answer was lost. */
function describeUnknown(error: unknown): never {
  if (!(error instanceof CommandFailure)) throw error
  throw unreachable(
    error.message,
    ...error.hints,
    'the document may be in force: run the command again, which then changes nothing',
  )
}

/** Gateways before 0.3 send no `token_id` and no `message`. */
export function readSummary(value: unknown): RevisionSummary | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { revision, digest, author, applied_at, token_id, message }: Members<RevisionSummary> =
    value
  const isSummary =
    typeof revision === 'number' &&
    typeof digest === 'string' &&
    typeof author === 'string' &&
    typeof applied_at === 'number'
  if (!isSummary) return undefined
  return {
    ...{ revision, digest, author, applied_at },
    ...(typeof token_id === 'string' ? { token_id } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  }
}

/**
 * Sends a request. A read is retried. A document is sent only once: if the first attempt was applied
 * but its answer was lost, a second attempt would fail with 412.
 */
export async function ask(
  { url, token }: AdminAccess,
  request: Pick<Ask, 'method' | 'headers' | 'body'>,
  path: string = PATHS.adminTrust,
): Promise<AdminAnswer> {
  const headers = { ...request.headers, authorization: `Bearer ${token}` }
  const answer = await askAt({
    ...request,
    headers,
    url: endpointUrl(url, path),
    maxBytes: MAX_DOCUMENT_BYTES,
  })
  if (answer.status !== 401) return answer
  return { ...answer, tokenFault: findTokenFault(token, url, Date.now() / 1000) }
}

/** Reads what a gateway publishes for everybody. It is retried as a read of the admin API is. */
export function readOpen(url: string, path: string): Promise<Answer> {
  return askAt({ method: 'GET', url: endpointUrl(url, path), maxBytes: MAX_KEYS_BYTES })
}

async function askAt(request: Ask): Promise<Answer> {
  const attempt = async () => {
    const answer = await send({ ...request, timeoutMilliseconds: ADMIN_TIMEOUT_MILLISECONDS })
    // 501: a part of the deployment is not bound, which another attempt does not change.
    if (isPassingStatus(answer.status) && answer.status !== 501) throw describePassing(answer)
    return answer
  }
  const seconds = request.method === 'GET' ? readRetrySeconds() : 0
  try {
    return await retry(attempt, { seconds, onPause: sayPause })
  } catch (error) {
    if (error instanceof ExchangeError) throw describeExchangeFailure(error)
    throw error
  }
}

/** Describes a temporary failure, with the gateway's own message if the gateway answered. */
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

/**
 * Describes a refusal, with its other problems as hints. For 401 it adds a hint, because the token is
 * invalid. `renderPath` names a place in the caller's own terms, such as the line of a file.
 */
export function describeProblem(
  answer: AdminAnswer,
  renderPath: (path: DocumentProblem['path']) => string = joinPath,
): CommandFailure {
  const { status } = answer
  if (lacksEndpoint(answer)) return olderGateway(status)
  const detail = readDetail(answer)
  if (detail === undefined) return notAGateway(status)
  const scopeHint = findScopeHint(status, answer.headers)
  const isAboutToken = status === 401
  const hints = isAboutToken
    ? [
        ...(answer.tokenFault === undefined ? [] : [answer.tokenFault]),
        'log in: npx edgemint login --help',
        'as a job: npx edgemint exchange --help',
      ]
    : [scopeHint ?? []].flat()
  const problems = readProblems(parseObject(answer.text)?.problems)
  const places = problems
    .filter(({ message }) => !detail.includes(message))
    .map(({ path, message }) => `${renderPath(path)} ${message}`)
  const named = problems.reduce(
    (text, { path, message }) =>
      text.replace(`${joinPath(path)} ${message}`, () => `${renderPath(path)} ${message}`),
    detail,
  )
  return refusal(`refused: ${named} (${status})`, ...hints, ...places)
}

function joinPath(path: DocumentProblem['path']): string {
  return path.join('.')
}

const LACKING: readonly unknown[] = [PROBLEMS.pathUnknown.type, PROBLEMS.methodUnsupported.type]

/** Whether a gateway does not serve the path or the method. Release 0.2.0 gives no detail then. */
function lacksEndpoint(answer: Answer): boolean {
  if (answer.status !== 404 && answer.status !== 405) return false
  const { type }: Members<ProblemDetails> = parseObject(answer.text) ?? {}
  return LACKING.includes(type) || (type === 'about:blank' && readDetail(answer) === undefined)
}

function olderGateway(status: number): CommandFailure {
  return refusal(
    `the gateway is older than this command, and does not know what it asks (status ${status})`,
    'upgrade the gateway, or use the release of edgemint that the gateway has',
  )
}

export function notAGateway(status: number): CommandFailure {
  return unreachable(`the answer (status ${status}) is not from a gateway`, findAddressHint(status))
}

export function readProblems(value: unknown): readonly DocumentProblem[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((entry: unknown): readonly DocumentProblem[] => {
    if (typeof entry !== 'object' || entry === null) return []
    const { code, path, message }: Partial<Record<keyof DocumentProblem, unknown>> = entry
    if (typeof code !== 'string' || typeof message !== 'string' || !Array.isArray(path)) return []
    const isStep = (step: unknown) => typeof step === 'string' || typeof step === 'number'
    return path.every(isStep) ? [{ code, path, message }] : []
  })
}
