/** Exports for other folders of this repository. The package does not export this file. */
export { asksForRepeat, makeCredentials } from './bind/authorize.ts'
export type { Answer } from './exchange/answer.ts'
export { isPassingAwsCode } from './exchange/aws-errors.ts'
export { canonicalGatewayUrl, endpointUrl, findGatewayUrlFault } from './exchange/endpoint.ts'
export {
  isPassingStatus,
  judgeRefusal,
  judgeStranger,
  parseObject,
  readRetryAfter,
} from './exchange/exchange-error.ts'
export { exchangeSteadily, type SteadyOptions } from './exchange/exchange-steadily.ts'
export { findLifetimeFault, parseSeconds } from './exchange/lifetime.ts'
export { createSteadyClock, monotonicSeconds, type ReadClock } from './hold/steady-clock.ts'
export { createTokenHolder, type Obtained } from './hold/token-holder.ts'
export { pauseAfter, type RetryOptions, retry } from './http/retry.ts'
export { chooseRoute, type NamedProxy, type Runtime } from './http/route.ts'
export { type Ask, send } from './http/send.ts'
export { OptionError } from './option-error.ts'
export { SOURCES } from './sources/registry.ts'
