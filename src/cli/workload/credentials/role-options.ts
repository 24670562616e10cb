/** Checks the flags of `edgemint credential aws` that describe the role, before any request. */
import { usageFailure } from '../../shell/failure.ts'
import { parseNumber } from '../../shell/flags.ts'
import { findAddressFault } from './address.ts'
import { findStsEndpoint } from './aws-partitions.ts'
import { MAX_ROLE_SECONDS, MIN_ROLE_SECONDS } from './limits.ts'

export function readRoleArn(arn: string): string {
  if (!/^arn:[a-z0-9-]{1,40}:[\x21-\x7e]{10,2000}$/.test(arn)) {
    throw usageFailure('--role-arn must be the ARN of a role')
  }
  return arn
}

/**
 * Returns a regional endpoint. AWS advises against the global one: its tokens work in fewer
 * regions.
 */
export function chooseEndpoint(
  endpoint: string | undefined,
  region: string | undefined,
  roleArn: string,
): string {
  if (endpoint !== undefined) {
    const fault = findAddressFault(endpoint)
    if (fault !== undefined) throw usageFailure(`--endpoint ${fault}`)
    return endpoint
  }
  if (region === undefined || region === '') {
    throw usageFailure('--region is required', 'or set AWS_REGION')
  }
  return findStsEndpoint(region, roleArn)
}

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/

export function checkSessionName(name: string | undefined): void {
  if (name !== undefined && !SESSION_NAME.test(name)) {
    throw usageFailure('--session-name must be 2 to 64 of the characters A-Z a-z 0-9 _+=,.@-')
  }
}

/** Returns the decision id, which links an entry of CloudTrail to the gateway's log. */
export function defaultSessionName(decisionId: string): string {
  return SESSION_NAME.test(decisionId) ? decisionId : 'edgemint'
}

export function readDuration(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const range = { least: MIN_ROLE_SECONDS, most: MAX_ROLE_SECONDS, unit: 'seconds' }
  return parseNumber('--duration', value, range)
}
