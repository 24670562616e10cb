/**
 * The door `edgemint/rules`: the trust language as the gateway itself reads it, for tools and
 * tests of trust documents. Pure functions; the moment is always a parameter. It compiles and
 * compares documents; deciding takes a verified identity, which only the gateway can make.
 *
 * @example
 * const result = compileTrust(document, {
 *   gatewayIssuer: 'https://sts.example.com',
 *   maxTokenLifetimeSeconds: 3600,
 *   maxRuleExpirySeconds: undefined,
 *   localIssuers: false,
 * })
 * if ('problems' in result) for (const { path, message } of result.problems) report(path, message)
 */
export type { DocumentPath, DocumentProblem } from '../../protocol/admin.ts'
export { type CompileResult, compileTrust } from './compile.ts'
export type { CompileOptions } from './compile-context.ts'
export type { Ceilings, CompiledTrust, Grant, Resource, Rule, TrustedIssuer } from './compiled.ts'
export { diffTrust, type TrustChange, type TrustEdit, type TrustPart } from './diff.ts'
export type { TrustDocument } from './schema.ts'
