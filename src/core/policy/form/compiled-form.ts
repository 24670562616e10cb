/**
 * The compiled form of a trust document: the indexes as they are in memory, and one JSON text for
 * each rule. An isolate loads it without work for each rule. `write-form.ts` writes it and
 * `read-form.ts` reads it. The caller checks its SHA-256 digest.
 */
import type { DocumentProblem } from '../../../contract/admin.ts'
import type { TrustDocument } from '../../../contract/trust-document.ts'
import { RELEASE } from '../../../protocol/release.ts'
import type { Ceilings, RuleLookup } from '../compile/compiled.ts'

/**
 * The version of the form. Raise it with every change of its layout, of the keys of an index, or of
 * what the compiler makes of a document: a form of another version is not loaded.
 */
export const FORM_VERSION = 4

/** Read in the byte order of the machine: on another byte order, no form is loaded. */
export const FORM_MAGIC = 0x31464d45

/** The words before the head: magic, version, and the lengths of the three parts. */
export const HEADER_WORDS = 5

/** A part of the words of a form: its first word and its length. */
export type Section = readonly [start: number, length: number]

export type StoredIndex = {
  readonly lookups: readonly RuleLookup[]
  readonly slots: Section
  readonly lists: Section
  readonly rest: number
}

/** The JSON text at the start of a form. */
export type FormHead = {
  readonly compiler: string
  /** The digest of the document, `sha256:` and hex digits. */
  readonly document: string
  readonly problems: readonly DocumentProblem[]
  readonly issuers: TrustDocument['issuers']
  readonly resources: TrustDocument['resources']
  /** Whether parts of the document are left out. */
  readonly isPartial: boolean
  /** The hash of each rule's name and the rule's position, ordered by the hash. */
  readonly names: Section
  /** Names of the issuers that lost a deny rule. */
  readonly closed: readonly string[]
  /** The number of shared members. Their texts precede those of the rules. */
  readonly shared: number
  /** The byte offset of each text, and of the end. */
  readonly offsets: Section
  readonly indexes: readonly {
    /** The issuer's name. */
    readonly issuer: string
    /** The position of each of its rules. */
    readonly positions: Section
    readonly index: StoredIndex
    readonly tenantIndex: StoredIndex
  }[]
}

/** Why a form is not loaded. */
export type FormFault =
  /** Another release, another version of the form, or other limits of the deployment. */
  | 'other_compiler'
  | 'other_document'
  /** The bytes do not have the expected digest. */
  | 'other_digest'
  | 'damaged'

/**
 * Identifies everything besides the document that the compiled form depends on. The number of rules
 * and the ends of rules are checked when a document is written.
 */
export function compilerOf(ceilings: Ceilings): string {
  const { gatewayIssuer, maxTokenLifetimeSeconds, localIssuers, maxRules, trustDomain } = ceilings
  const limits = [
    gatewayIssuer,
    maxTokenLifetimeSeconds,
    localIssuers,
    maxRules ?? null,
    trustDomain ?? null,
  ]
  return JSON.stringify([FORM_VERSION, RELEASE, ...limits])
}
