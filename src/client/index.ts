/**
 * The door `edgemint` and `edgemint/client`: exchange a token, revoke one. Needs `fetch` and
 * nothing else, so it runs in Node, in Workers and in browsers.
 */
export type { ExplainedCondition, ExplainedRule, OAuthErrorCode } from '../protocol/oauth.ts'
export { type ExchangedToken, type ExchangeOptions, exchange } from './exchange.ts'
export { ExchangeError, type ExchangeErrorCode, type ExchangeErrorFacts } from './exchange-error.ts'
export { type RevokeOptions, revoke } from './revoke.ts'
