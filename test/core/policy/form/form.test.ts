import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { compileStored } from '../../../../src/core/policy/compile/stored.ts'
import { evaluate } from '../../../../src/core/policy/decide/evaluate.ts'
import { FORM_VERSION } from '../../../../src/core/policy/form/compiled-form.ts'
import { readForm } from '../../../../src/core/policy/form/read-form.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { API, AT, allow, deny, documentOf, identityOf } from '../support/decide.ts'
import { DIGEST, formOfDocument, loadForm } from '../support/form.ts'

const DOCUMENT = documentOf([
  allow(
    'main',
    { ref: 'refs/heads/main' },
    { subject: 'é:{repository_id}', claims: { commit: '{ref}' } },
  ),
  allow('tags', { ref: { glob: 'refs/tags/v*' } }, { lifetime: '5m', replay: 'once' }),
  allow('cel', {}, {}, { condition: 'claims.ref.startsWith("refs/heads/")', mode: 'observe' }),
  deny('never', { event_name: ['pull_request', 'pull_request_target'] }),
])

const CLAIMS = { repository_owner_id: '4411', repository_id: '1', event_name: 'push' }
const REQUEST = { resource: API, scopes: undefined, rule: undefined }

function changed(change: (words: Uint32Array, bytes: Uint8Array) => void): Uint8Array {
  const bytes = formOfDocument(DOCUMENT)
  change(new Uint32Array(bytes.buffer, 0, 5), bytes)
  return bytes
}

describe('a compiled form', () => {
  it('decides like the document, with templates, expressions, globs and deny rules', () => {
    const compiled = compileStored(DOCUMENT, CEILINGS)
    const { trust } = loadForm(compiled)
    for (const change of [
      { ref: 'refs/heads/main' },
      { ref: 'refs/tags/v1' },
      { ref: 'refs/heads/x' },
      { ref: 'refs/heads/main', event_name: 'pull_request' },
      { ref: 'refs/heads/main', repository_id: ['1'] },
      {},
    ]) {
      const identity = identityOf({ ...CLAIMS, ...change })
      const [ours, theirs] = [trust, compiled.trust].map((one) => {
        const [issuer] = one?.issuers.values() ?? []
        if (one === undefined || issuer === undefined) throw new Error('no issuer')
        const decision = evaluate({ trust: one, issuer, identity, request: REQUEST, at: AT })
        // Functions are never equal.
        return JSON.parse(JSON.stringify(decision)) as object
      })
      expect(ours).toEqual(theirs)
    }
  })

  it('keeps an issuer closed that has lost a deny rule', () => {
    const broken = { ...deny('never', { ref: 'x' }), hours: '9-17' }
    const { trust } = loadForm(compileStored(documentOf([allow('main'), broken]), CEILINGS))
    expect([...trust.issuers.values()].map(({ isClosed }) => isClosed)).toEqual([true])
  })

  it('has the same bytes for the same document', () => {
    expect(formOfDocument(DOCUMENT)).toEqual(formOfDocument(structuredClone(DOCUMENT)))
  })

  it('is read at any offset in a buffer', () => {
    const bytes = formOfDocument(DOCUMENT)
    for (const offset of [0, 1, 2, 3, 4]) {
      const moved = new Uint8Array(bytes.byteLength + offset)
      moved.set(bytes, offset)
      const loaded = readForm(moved.subarray(offset), DIGEST, CEILINGS)
      expect(typeof loaded === 'string' ? loaded : loaded.trust.rules.length).toBe(4)
    }
  })

  it.each([
    ['another version', changed((words) => words.set([FORM_VERSION + 1], 1)), 'other_compiler'],
    ['another magic', changed((words) => words.set([1], 0)), 'other_compiler'],
    ['nothing', new Uint8Array(), 'damaged'],
    ['a cut end', formOfDocument(DOCUMENT).slice(0, -1), 'damaged'],
    ['another length of a part', changed((words) => words.set([8], 2)), 'damaged'],
    ['a head that is not JSON', changed((_, bytes) => bytes.set([0x20], 20)), 'damaged'],
    ['a head that is not UTF-8', changed((_, bytes) => bytes.set([0xff], 20)), 'damaged'],
  ])('is not loaded with %s', (_, bytes, fault) => {
    expect(readForm(bytes, DIGEST, CEILINGS)).toBe(fault)
  })

  it('is not loaded for another document', () => {
    expect(readForm(formOfDocument(DOCUMENT), 'sha256:1', CEILINGS)).toBe('other_document')
  })

  it.each([
    ['gateway issuer', { gatewayIssuer: 'https://other.example.com' }],
    ['longest lifetime', { maxTokenLifetimeSeconds: 60 }],
    ['local issuers', { localIssuers: false }],
    ['number of rules', { maxRules: 5 }],
  ])('is not loaded by a deployment with another %s', (_, change) => {
    const form = formOfDocument(DOCUMENT)
    expect(readForm(form, DIGEST, { ...CEILINGS, ...change })).toBe('other_compiler')
  })

  it('keeps a bounded number of compiled rules', () => {
    const loaded = readForm(formOfDocument(DOCUMENT), DIGEST, CEILINGS, 3)
    const [issuer] = typeof loaded === 'string' ? [] : loaded.trust.issuers.values()
    if (issuer === undefined) throw new Error('no issuer')
    const first = issuer.ruleAt(0)
    for (const ordinal of [1, 2, 0, 1]) issuer.ruleAt(ordinal)
    expect(issuer.ruleAt(0)).toBe(first)
    issuer.ruleAt(3)
    expect(issuer.ruleAt(0)).not.toBe(first)
    expect(issuer.ruleAt(0)).toEqual(first)
    expect(() => issuer.ruleAt(4)).toThrow(RangeError)
  })

  it('has another version if its bytes change', () => {
    const bytes = formOfDocument(DOCUMENT)
    const end = 20 + (new Uint32Array(bytes.buffer, 0, 5)[2] ?? 0)
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(20, end))) as object
    // The member `compiler` names the release.
    const hash = createHash('sha256').update(JSON.stringify({ ...head, compiler: '' }))
    const digest = hash.update(bytes.subarray(end)).digest('hex').slice(0, 16)
    // If this fails, an isolate of this release must not use older forms: raise FORM_VERSION.
    expect([FORM_VERSION, digest]).toEqual([4, 'b7a2169ff0711022'])
  })
})
