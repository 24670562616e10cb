/** The responses of an operation: its answers, and the problems of its route and of its guards. */
import type { Answer, HeaderName, Operation } from '../../src/contract/openapi/operation.ts'
import { PROBLEMS, type ProblemName } from '../../src/contract/problems/problems.ts'
import { ADMIN_PREFIX, PATHS } from '../../src/protocol/paths.ts'
import type { Endpoint } from './table.ts'

type Json = Readonly<Record<string, unknown>>

/** The responses that several operations share, by their content. */
export type Responses = Map<string, { readonly name: string; readonly value: Json }>

const PROBLEM_TYPE = 'application/problem+json'
const PAGE_TYPE = 'text/html; charset=utf-8'
const HEADERS_BY_STATUS: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  503: ['Retry-After'],
}

const UNAVAILABLE: Answer = {
  about: 'a part of the gateway is down, or its settings are invalid',
  schema: 'OAuthError',
  headers: ['Retry-After'],
}
const TOO_MANY: Answer = {
  about: 'too many requests from this address or for this subject',
  schema: 'OAuthError',
  headers: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
}
const BUG: Answer = { about: 'a bug of the gateway', schema: 'OAuthError' }

export function describeResponses(
  endpoint: Endpoint,
  operation: Operation,
  method: string,
  shared: Responses,
): Json {
  const answers: Operation['answers'] = {
    ...operation.answers,
    ...failuresOf(endpoint, operation),
  }
  const problems = problemsOf(endpoint, operation, method)
  const statuses = new Set([
    ...Object.keys(answers).map(Number),
    ...problems.map((name) => PROBLEMS[name].status),
  ])
  const { contentType = 'application/json', alternative } = endpoint.response ?? {}
  const contentTypes = [contentType, ...(alternative === undefined ? [] : [alternative])]
  return Object.fromEntries(
    [...statuses]
      .sort((left, right) => left - right)
      .map((status) => {
        const own = problems.filter((name) => PROBLEMS[name].status === status)
        const answer = answers[status]
        const response = describeResponse(status, answer, own, contentTypes)
        return [status, status < 400 ? response : share(status, response, own, shared)]
      }),
  )
}

/** What the parts around a route answer with errors of OAuth. */
function failuresOf(
  { path, limit, isAlwaysServed }: Endpoint,
  { answers }: Operation,
): Operation['answers'] {
  if (hasProblems(path)) return limit === 'address' ? { 429: TOO_MANY } : {}
  return {
    ...(limit === 'address' ? { 429: TOO_MANY } : {}),
    500: answers[500] ?? BUG,
    ...(isAlwaysServed ? {} : { 503: UNAVAILABLE }),
  }
}

/** The admin API and the console answer with problem details. */
function hasProblems(path: string): boolean {
  return path.startsWith(ADMIN_PREFIX) || path.startsWith(PATHS.console)
}

function problemsOf(
  { path, authentication, methods }: Endpoint,
  { problems = [] }: Operation,
  method: string,
): readonly ProblemName[] {
  const isAdmin = path.startsWith(ADMIN_PREFIX)
  const isGuarded = isAdmin && authentication !== 'none'
  const hasSession = authentication === 'session'
  const mayBeForeign = path === PATHS.verify
  const isReading = method === 'GET' || method === 'HEAD' || methods === 'any'
  return [
    'hostInvalid',
    ...(isGuarded ? (['parameterInvalid'] as const) : []),
    ...problems,
    ...(isGuarded ? (['tokenMissing', 'tokenInvalid', 'adminOff', 'scopeMissing'] as const) : []),
    ...(hasSession ? (['headerInvalid', 'sessionMissing', 'adminOff'] as const) : []),
    ...(isReading && !hasSession ? [] : (['pageForeign'] as const)),
    ...(mayBeForeign ? [] : (['hostUnknown'] as const)),
    ...(hasProblems(path) ? (['internalError', 'unavailable'] as const) : []),
  ]
}

function describeResponse(
  status: number,
  answer: Answer | undefined,
  problems: readonly ProblemName[],
  contentTypes: readonly string[],
): Json {
  const others = status < 400 ? contentTypes : ['application/json']
  const types = answer?.isPage ? [PAGE_TYPE] : others
  const names = problems.map((name) => `\`${shortName(name)}\``).join(', ')
  const about = [
    ...(answer === undefined ? [] : [answer.about]),
    ...(problems.length === 0 ? [] : [`problem ${names}`]),
  ]
  const headers = [
    ...new Set([
      ...(answer?.headers ?? []),
      ...(problems.length === 0 ? [] : (HEADERS_BY_STATUS[status] ?? [])),
    ]),
  ]
  const content = {
    ...Object.assign({}, ...types.map((type) => describeContent(answer, type))),
    ...(problems.length === 0 ? {} : { [PROBLEM_TYPE]: { schema: describeTypes(problems) } }),
  }
  return {
    description: about.join('; or '),
    ...(headers.length === 0
      ? {}
      : {
          headers: Object.fromEntries(
            headers.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
          ),
        }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  }
}

function describeContent(answer: Answer | undefined, type: string): Json {
  if (answer?.schema !== undefined) {
    return { [type]: { schema: { $ref: `#/components/schemas/${answer.schema}` } } }
  }
  return answer?.isText === true || answer?.isPage === true
    ? { [type]: { schema: { type: 'string' } } }
    : {}
}

function describeTypes(problems: readonly ProblemName[]): Json {
  const types = problems.map((name) => PROBLEMS[name].type)
  return { $ref: '#/components/schemas/Problem', properties: { type: { enum: types } } }
}

/** Returns a reference to an equal response, which is named after its problems. */
function share(
  status: number,
  value: Json,
  problems: readonly ProblemName[],
  shared: Responses,
): Json {
  const key = JSON.stringify([status, value])
  const known = shared.get(key)
  const isOAuth = 'application/json' in ((value.content ?? {}) as Json)
  const base = [...(isOAuth ? ['oauth'] : []), ...problems.map(shortName)].join('.')
  const taken = new Set([...shared.values()].map(({ name }) => name))
  const first = `${status}.${base || 'empty'}`
  let name = known?.name ?? first
  for (let count = 2; known === undefined && taken.has(name); count += 1) name = `${first}.${count}`
  if (known === undefined) shared.set(key, { name, value })
  return { $ref: `#/components/responses/${name}` }
}

function shortName(name: ProblemName): string {
  return PROBLEMS[name].type.slice(PROBLEMS[name].type.lastIndexOf(':') + 1)
}
