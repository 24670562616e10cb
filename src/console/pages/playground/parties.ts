/** The issuers and resources of a trust document, as choices of the playground. */
import { isJsonObject, type JsonObject } from '../../../web/json.ts'

export type IssuerChoice = {
  readonly name: string
  readonly provider: string
  /** Its URL, if the document has one. */
  readonly url: string | undefined
}

export type ResourceChoice = { readonly uri: string; readonly scopes: readonly string[] }

export function listIssuers(document: unknown): readonly IssuerChoice[] {
  return entriesOf(document, 'issuers').map(([name, { provider, issuer }]) => ({
    name,
    provider: typeof provider === 'string' ? provider : '',
    url: typeof issuer === 'string' ? issuer : undefined,
  }))
}

export function listResources(document: unknown): readonly ResourceChoice[] {
  return entriesOf(document, 'resources').map(([uri, { scopes }]) => ({
    uri,
    scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [],
  }))
}

function entriesOf(document: unknown, member: string): readonly (readonly [string, JsonObject])[] {
  const value = isJsonObject(document) ? document[member] : undefined
  return Object.entries(isJsonObject(value) ? value : {}).flatMap(([name, one]) =>
    isJsonObject(one) ? [[name, one] as const] : [],
  )
}
