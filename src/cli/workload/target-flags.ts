/** Reads what to request a token for, from flags or from the environment. */
import { findLifetimeFault, parseSeconds } from '../../client/in-house.ts'
import type { ExchangeOptions, SubjectTokenSource } from '../../client/index.ts'
import { MAX_PARAMETER_CHARACTERS } from '../../core/limits.ts'
import { TOKEN_TYPE_ACCESS_TOKEN, TOKEN_TYPE_JWT } from '../../protocol/oauth.ts'
import { isAbsoluteUri } from '../../protocol/resource-uri.ts'
import { isScopeToken } from '../../protocol/scope.ts'
import type { Flags, Values } from '../shell/command.ts'
import { flagFailure, usageFailure } from '../shell/failure.ts'
import { parseChoice, requireFlag } from '../shell/flags.ts'
import { readToken } from '../shell/read-input.ts'
import { requireGatewayUrl } from './gateway-url.ts'
import { maskTokens } from './issued-output.ts'

export const TARGET_FLAGS = {
  url: {
    value: 'URL',
    about: 'the gateway, by its issuer URL',
    required: true,
    variables: ['EDGEMINT_URL'],
  },
  resource: {
    value: 'URI',
    about: 'the API that the token is for, by its URI in the trust document',
    required: true,
    variables: ['EDGEMINT_RESOURCE'],
  },
  scope: {
    value: 'SCOPE',
    about: 'a scope to request',
    repeats: true,
    variables: ['EDGEMINT_SCOPE'],
    default: 'all scopes of the rule',
  },
  rule: {
    value: 'NAME',
    about: 'evaluate only this rule; grants no further access',
    variables: ['EDGEMINT_RULE'],
  },
  'actor-token-file': {
    value: 'FILE',
    about: 'a file with the token of the party that acts for the subject, such as an agent',
    completes: 'files',
  },
  'actor-token-type': {
    value: 'TYPE',
    about: 'the type of that token: `jwt`, or `access_token` for a token of the gateway',
    default: '`jwt`',
    completes: ['jwt', 'access_token'],
  },
  lifetime: {
    value: 'SECONDS',
    about: 'a shorter lifetime than the rule grants, at least 10',
  },
} as const satisfies Flags

export type TargetValues = Partial<Values<typeof TARGET_FLAGS>>

export type Target = {
  readonly url: string
  readonly resource: string
  readonly scopes: readonly string[] | undefined
  readonly rule: string | undefined
  readonly lifetimeSeconds: number | undefined
  readonly actor: SubjectTokenSource | undefined
  readonly actorTokenType: string | undefined
}

export function readTarget(values: TargetValues): Target {
  return {
    url: requireGatewayUrl(values.url),
    resource: parseResource(requireFlag('resource', values.resource)),
    scopes: values.scope?.map(checkScope),
    rule: checkRule(values.rule),
    lifetimeSeconds: parseLifetime(values.lifetime),
    ...readActor(values),
  }
}

/** Returns what every gateway accepts as `resource`, or throws a usage failure (RFC 8693 §2.1). */
export function parseResource(resource: string): string {
  if (!isAbsoluteUri(resource)) {
    throw flagFailure(
      'resource',
      'must be one absolute URI without spaces and fragment, such as https://api.example.com',
    )
  }
  if (resource.length <= MAX_PARAMETER_CHARACTERS) return resource
  throw flagFailure('resource', `has more than ${MAX_PARAMETER_CHARACTERS} characters`)
}

function checkRule(rule: string | undefined): string | undefined {
  if (rule === undefined || /^\S+$/.test(rule)) return rule
  throw flagFailure('rule', 'must be the name of one rule, without spaces')
}

/** Returns the options of one exchange, with the token of the actor. */
export async function readExchange(
  { actor, ...target }: Target,
  subjectToken: string,
  audience: string,
): Promise<ExchangeOptions> {
  return { ...target, subjectToken, actorToken: await actor?.getSubjectToken({ audience }) }
}

function checkScope(scope: string): string {
  if (isScopeToken(scope)) return scope
  throw flagFailure('scope', 'must be one scope without spaces: repeat the flag for more')
}

const ACTOR_TOKEN_TYPES = new Map([
  ['jwt', TOKEN_TYPE_JWT],
  ['access_token', TOKEN_TYPE_ACCESS_TOKEN],
])

function readActor(values: TargetValues): Pick<Target, 'actor' | 'actorTokenType'> {
  const { 'actor-token-file': path, 'actor-token-type': type } = values
  if (path === undefined) {
    if (type !== undefined) throw usageFailure('--actor-token-type needs --actor-token-file')
    return { actor: undefined, actorTokenType: undefined }
  }
  // Stdin has the subject token, if any.
  if (path === '-') throw usageFailure('--actor-token-file must be a file')
  const actorTokenType = parseChoice('--actor-token-type', type ?? 'jwt', ACTOR_TOKEN_TYPES)
  const source = { name: 'file', getSubjectToken: () => readToken(path) }
  return { actor: maskTokens(source), actorTokenType }
}

/** Parses `--lifetime`. Throws a usage failure for a value that every gateway refuses. */
export function parseLifetime(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const seconds = parseSeconds(value)
  const fault = findLifetimeFault(seconds)
  if (fault !== undefined) throw usageFailure(`--lifetime ${fault}`)
  return seconds
}
