/** What a token is asked for, from flags or else from the environment. */
import { findLifetimeFault, parseSeconds } from '../../client/in-house.ts'
import type { Environment } from '../operate/worker-variables.ts'
import { usageFailure } from '../shell/failure.ts'
import { requireFlag } from '../shell/flags.ts'
import { requireGatewayUrl } from './gateway-url.ts'

export const TARGET_FLAGS = {
  url: { type: 'string' },
  resource: { type: 'string' },
  scope: { type: 'string', multiple: true },
  rule: { type: 'string' },
  lifetime: { type: 'string' },
} as const

export type TargetValues = {
  readonly url?: string | undefined
  readonly resource?: string | undefined
  readonly scope?: readonly string[] | undefined
  readonly rule?: string | undefined
  readonly lifetime?: string | undefined
}

export type Target = {
  readonly url: string
  readonly resource: string
  readonly scopes: readonly string[] | undefined
  readonly rule: string | undefined
  readonly lifetimeSeconds: number | undefined
}

/** A flag stands before its variable. */
export function readTarget(values: TargetValues, environment: Environment): Target {
  const scopes = readVariable(environment, 'EDGEMINT_SCOPE')?.split(/\s+/)
  return {
    url: requireGatewayUrl(values.url ?? readVariable(environment, 'EDGEMINT_URL')),
    resource: requireFlag(
      'resource',
      values.resource ?? readVariable(environment, 'EDGEMINT_RESOURCE'),
    ),
    scopes: values.scope ?? scopes,
    rule: values.rule ?? readVariable(environment, 'EDGEMINT_RULE'),
    lifetimeSeconds: parseLifetime(values.lifetime),
  }
}

/** Blank counts as not set: CI systems set what is empty. */
export function readVariable(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim()
  return value === '' ? undefined : value
}

/** Of `--lifetime`; what every gateway refuses is refused before anything is sent. */
export function parseLifetime(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const seconds = parseSeconds(value)
  const fault = findLifetimeFault(seconds)
  if (fault !== undefined) throw usageFailure(`--lifetime ${fault}`)
  return seconds
}
