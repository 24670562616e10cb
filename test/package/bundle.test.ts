/** What is in the bundle of the Worker, and its size. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { findReference, listReferences } from '../../src/core/providers/references.ts'
import { findPackages } from './support/find-packages.ts'
import { root } from './support/project.ts'

const MAX_BUNDLE_BYTES = 176 * 1024
const BUNDLE = 'dist/bundle/index.js'

const file = readFileSync(join(root, BUNDLE))
const bundle = file.toString()

describe('the build', () => {
  it.each(listReferences())('has a Worker without reference texts of %s', (id) => {
    const { contact, claims = {}, guide } = findReference(id) ?? {}
    const texts = [contact, guide?.tokenRequest.summary, ...Object.values(claims)]
    const long = texts.filter((text) => text !== undefined && text.length > 24)
    expect(long.length).toBeGreaterThan(0)
    expect(long.filter((text) => bundle.includes(String(text)))).toEqual([])
  })

  it('has a Worker without the generator of JSON Schema and the method syntax of zod', () => {
    for (const name of ['toJSONSchema', 'additionalItems', 'prefixItems', 'superRefine']) {
      expect(bundle).not.toContain(name)
    }
  })

  it('has a Worker without the documents that are static assets', () => {
    expect(bundle).not.toContain('json-schema.org')
    expect(bundle).not.toContain('startSignIn')
  })

  it('has a Worker of one file under 176 KB compressed', () => {
    expect(gzipSync(file, { level: 9 }).byteLength).toBeLessThan(MAX_BUNDLE_BYTES)
    expect(findPackages(BUNDLE)).toEqual(['cloudflare:workers'])
  })
})
