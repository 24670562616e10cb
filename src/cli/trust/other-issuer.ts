/** Says that claims are not of the issuer that a command or a fixture names: a gateway goes by `iss`. */
import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import type { JsonObject } from '../../web/json.ts'

/** What `iss` is, and the issuer of the document that has it. */
export type OtherIssuer = { readonly fault: string; readonly named: string | undefined }

/**
 * Returns undefined if `iss` is absent or is the URL of the named issuer. The URL of the gateway itself
 * is not known here, so the claims of its own tokens are not compared.
 */
export function findOtherIssuer(
  trust: CompiledTrust,
  { issuer, claims: { iss } }: { readonly issuer: string; readonly claims: JsonObject },
): OtherIssuer | undefined {
  const entry = [...trust.issuers.values()].find(({ name }) => name === issuer)
  if (entry === undefined || iss === undefined || iss === entry.url) return undefined
  const fault = `the token is not of ${issuer}: iss is ${JSON.stringify(iss)}, and ${issuer} has ${JSON.stringify(entry.url)}`
  return { fault, named: typeof iss === 'string' ? trust.issuers.get(iss)?.name : undefined }
}
