/** AWS error codes that are temporary, as the AWS SDKs classify them. A caller may try again. */

const PASSING: readonly string[] = [
  // Throttling, under the names that different services use.
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
  // Faults on the side of AWS.
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
