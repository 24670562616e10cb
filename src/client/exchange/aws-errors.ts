/** AWS error codes that are temporary, as the AWS SDKs classify them. A caller may try again. */

const PASSING: readonly string[] = [
  // Throttling, under the names that different services use.
  'Throttling',
  'Throttled',
  'TooManyRequests',
  'BandwidthLimitExceeded',
  'LimitExceeded',
  'ProvisionedThroughputExceeded',
  'PriorRequestNotComplete',
  'SlowDown',
  // Faults on the side of AWS.
  'Timeout',
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'ServiceUnavailable',
  // STS could not fetch the keys of the gateway.
  'IDPCommunicationError',
]

/** Some services write `Request` in front of a code, or `Exception` at its end. */
export function isPassingAwsCode(code: string): boolean {
  return PASSING.includes(code.replace(/^Request|Exception$/g, ''))
}
