/**
 * The entry point `edgemint` and `edgemint/client`: exchanges, keeps and revokes tokens, and finds
 * the platform's token. It needs `fetch`, and loads Node's modules only for sources that use them. It
 * therefore loads in Node, Workers, browsers, Deno and Bun.
 */
export type { ExplainedCondition, ExplainedRule, OAuthErrorCode } from '../protocol/oauth.ts'
export type { ApiAnswer, AuthorizedRequest } from './bind/authorize.ts'
export { createProofKey, type ProofKey, type ProvenRequest } from './bind/proof-key.ts'
export type { Environment } from './built-in.ts'
export {
  type Considered,
  type Detection,
  type DetectOptions,
  detect,
  listSources,
  openSource,
} from './detect.ts'
export { type ExchangedToken, type ExchangeOptions, exchange } from './exchange/exchange.ts'
export {
  ExchangeError,
  type ExchangeErrorCode,
  type ExchangeErrorFacts,
} from './exchange/exchange-error.ts'
export { type RevokeOptions, revoke } from './exchange/revoke.ts'
export type { HeldToken } from './hold/token-holder.ts'
export {
  findPlatform,
  type Platform,
  type SocketAnswer,
  type SocketPost,
} from './platform.ts'
export { fromCommand, fromFile, fromVariable } from './sources/explicit.ts'
export {
  fromAws,
  fromVercelRequest,
  type VercelRequest,
  type WebIdentityTokenInput,
} from './sources/of-callers.ts'
export type { SubjectTokenRequest, SubjectTokenSource } from './subject-token-source.ts'
export { createTokenSource, type TokenSource } from './token-source.ts'
export type { TokenSourceOptions } from './token-source-options.ts'
