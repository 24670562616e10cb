/**
 * Loads a compiled form. The issuers and resources are compiled at once, and a rule only when it
 * first is a candidate. The decisions are the same as those of the compiled document.
 */
import type { DocumentProblem } from '../../../contract/admin.ts'
import type { TrustDocument } from '../../../contract/trust-document.ts'
import { decodeUtf8 } from '../../../web/bytes.ts'
import { MAX_LOADED_RULES } from '../../limits.ts'
import { compileIssuers } from '../compile/compile.ts'
import type {
  Ceilings,
  CompiledTrust,
  Rule,
  RuleIndex,
  TrustedIssuer,
} from '../compile/compiled.ts'
import type { CompileOptions, Report, RuleContext } from '../compile/context.ts'
import { createOwnIssuer, withOwnIssuer } from '../compile/issuers/own-issuer.ts'
import { OWN_ISSUER } from '../compile/issuers/own-name.ts'
import { compileResources, indexTargets } from '../compile/resource.ts'
import { compileRule } from '../compile/rule.ts'
import { isHarmless } from '../compile/stored.ts'
import {
  compilerOf,
  FORM_MAGIC,
  FORM_VERSION,
  type FormFault,
  type FormHead,
  HEADER_WORDS,
  type Section,
  type StoredIndex,
} from './compiled-form.ts'
import { findNamed } from './rule-names.ts'
import { type Member, readRule } from './rule-text.ts'

export type LoadedTrust = {
  readonly trust: CompiledTrust
  readonly problems: readonly DocumentProblem[]
}

const STORED: CompileOptions = { isStored: true }

/**
 * Loads a form whose digest was checked. `document` is the digest of the document that it must
 * belong to, and `maxRules` the number of compiled rules that are kept.
 */
export function readForm(
  bytes: Uint8Array,
  document: string,
  ceilings: Ceilings,
  maxRules = MAX_LOADED_RULES,
): LoadedTrust | FormFault {
  const parts = split(bytes)
  if (typeof parts === 'string') return parts
  const { head } = parts
  if (head.compiler !== compilerOf(ceilings)) return 'other_compiler'
  if (head.document !== document) return 'other_document'
  const source: TrustDocument = {
    version: 1,
    issuers: head.issuers,
    resources: head.resources,
    rules: [],
  }
  // The problems of these parts are in the head.
  const ignore: Report = () => undefined
  const resources = compileResources(source, ceilings, 'document', ignore)
  const declared = compileIssuers(source, { ceilings, options: STORED, report: ignore })
  const own = createOwnIssuer(source, ceilings, STORED)
  const known = withOwnIssuer(declared, own)
  const ruleAt = createRules(parts, { ceilings, resources, issuers: known }, maxRules)
  let ownIssuer = { ...own, isClosed: head.closed.includes(OWN_ISSUER) }
  const issuers = new Map<string, TrustedIssuer>()
  for (const { issuer: name, positions, index, tenantIndex } of head.indexes) {
    const issuer = known.get(name)
    if (issuer === undefined) return 'damaged'
    const ordinals = parts.wordsOf(positions)
    const loaded = Object.freeze({
      ...issuer,
      isClosed: head.closed.includes(name),
      ruleAt: (ordinal: number) => ruleAt(ordinals[ordinal]),
      index: indexOf(index, parts),
      tenantIndex: indexOf(tenantIndex, parts),
    })
    if (issuer === own) ownIssuer = loaded
    else issuers.set(issuer.url, loaded)
  }
  const names = parts.wordsOf(head.names)
  const ruleNamed = (name: string) =>
    findNamed(names, name)
      .map((position) => ruleAt(position))
      .find((rule) => rule.name === name)
  const trust = Object.freeze({
    issuers,
    own: Object.freeze({ issuer: Object.freeze(ownIssuer), ruleNamed }),
    resources,
    targets: indexTargets(resources),
    ...(head.isPartial ? { isPartial: true as const } : {}),
    /** Compiles all rules. The gateway does not read them, only tools and tests. */
    get rules(): readonly Rule[] {
      return Array.from({ length: parts.ruleCount }, (_, position) => ruleAt(position))
    },
  })
  return { trust, problems: head.problems }
}

type Parts = {
  readonly head: FormHead
  readonly wordsOf: (section: Section) => Uint32Array
  readonly textAt: (number: number) => string
  readonly ruleCount: number
}

function split(received: Uint8Array): Parts | FormFault {
  // Words can be read in place only at a multiple of their size.
  const bytes = received.byteOffset % 4 === 0 ? received : received.slice()
  if (bytes.byteLength < HEADER_WORDS * 4) return 'damaged'
  const header = new Uint32Array(bytes.buffer, bytes.byteOffset, HEADER_WORDS)
  const [magic, version, headLength = 0, wordCount = 0, textLength = 0] = header
  if (magic !== FORM_MAGIC || version !== FORM_VERSION) return 'other_compiler'
  const wordsAt = HEADER_WORDS * 4 + headLength
  const textsAt = wordsAt + wordCount * 4
  if (headLength % 4 !== 0 || textsAt + textLength !== bytes.byteLength) return 'damaged'
  const head = parseHead(bytes.subarray(HEADER_WORDS * 4, wordsAt))
  if (head === undefined) return 'damaged'
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + wordsAt, wordCount)
  const wordsOf = ([start, length]: Section) => words.subarray(start, start + length)
  const offsets = wordsOf(head.offsets)
  return {
    head,
    wordsOf,
    ruleCount: offsets.length - 1 - head.shared,
    textAt(number) {
      const from = textsAt + (offsets[number] ?? 0)
      const text = decodeUtf8(bytes.subarray(from, textsAt + (offsets[number + 1] ?? 0)))
      if (text === undefined) throw new RangeError(`no text ${number}`)
      return text
    },
  }
}

function parseHead(bytes: Uint8Array): FormHead | undefined {
  const text = decodeUtf8(bytes)
  try {
    // The digest was checked, so this is what `writeForm` wrote.
    return text === undefined ? undefined : (JSON.parse(text) as FormHead)
  } catch {
    return undefined
  }
}

function indexOf({ lookups, slots, lists, rest }: StoredIndex, { wordsOf }: Parts): RuleIndex {
  return Object.freeze({ lookups, slots: wordsOf(slots), lists: wordsOf(lists), rest })
}

/** Compiles a rule when it is first asked for, and keeps a bounded number of them. */
function createRules(
  { head, textAt }: Parts,
  shared: Pick<RuleContext, 'ceilings' | 'resources' | 'issuers'>,
  maxRules: number,
): (position: number | undefined) => Rule {
  const members = new Map<number, Member>()
  const rules = new Map<number, Rule>()
  // A rule of a document that compiled. To lose a deny rule would issue more than the document.
  const report: Report = (_, code) => {
    if (!isHarmless(code)) throw new Error(`a loaded rule does not compile: ${code}`)
  }
  let context: RuleContext
  const forget = () => {
    members.clear()
    rules.clear()
    const caches = { tables: new Map(), ends: new Map() }
    context = { ...shared, ...caches, options: STORED, isDeclared: () => true, report }
  }
  forget()
  const memberAt = (number: number): Member => {
    const known = members.get(number)
    if (known !== undefined) return known
    const member = JSON.parse(textAt(number)) as Member
    members.set(number, member)
    return member
  }
  return (position) => {
    if (position === undefined) throw new RangeError('no such rule')
    const known = rules.get(position)
    if (known !== undefined) return known
    if (rules.size >= maxRules) forget()
    const source = readRule(textAt(head.shared + position), memberAt)
    const rule = compileRule(source, position, context)
    if (rule === undefined) throw new Error('a loaded rule does not compile')
    rules.set(position, rule)
    return rule
  }
}
