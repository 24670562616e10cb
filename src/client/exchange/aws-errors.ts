/** Codes of AWS that may pass, as its own SDKs sort them. Whoever meets one tries again. */

const PASSING: readonly string[] = [
  // Throttling, by whichever service or layer says it.
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'PriorRequestNotComplete',
  'SlowDown',
  // Faults on its side.
  'RequestTimeout',
  'RequestTimeoutException',
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  // STS could not fetch the keys of the gateway.
  'IDPCommunicationError',
  'IDPCommunicationErrorException',
]

export function isPassingAwsCode(code: string): boolean {
  return PASSING.includes(code)
}
