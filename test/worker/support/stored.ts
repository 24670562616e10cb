/** Damages the stored document of a trust store, and repairs it as an administrator would. */
import { runInDurableObject } from 'cloudflare:test'
import { expect } from 'vitest'
import { DOCUMENT_CHUNK_BYTES } from '../../../src/core/limits.ts'
import { digestOf } from '../../../src/worker/trust-layers/content/content.ts'
import {
  adminSubjectToken,
  bearer,
  deployment,
  exchangeForm,
  GATEWAY,
  readJson,
  runWith,
} from './gateway.ts'
import type { TestIssuer } from './issuer.ts'
import { trustFor } from './trust.ts'

/** A gateway in a new isolate. */
type Gateway = ReturnType<typeof runWith>

/**
 * Replaces the bytes of the first revision, as a release with other limits may have stored them.
 */
export async function overwrite(bytes: Uint8Array | null): Promise<void> {
  await damage(bytes)
  const digest = await digestOf(bytes ?? new Uint8Array())
  await runInDurableObject(deployment().TRUST_STORE.getByName('trust'), (_, { storage }) => {
    storage.sql.exec('UPDATE revisions SET digest = ? WHERE revision = 1', digest)
  })
}

/** Replaces the bytes of the first revision and leaves its digest, as a faulty disk would. */
export async function damage(bytes: Uint8Array | null): Promise<void> {
  const store = deployment().TRUST_STORE.getByName('trust')
  await runInDurableObject(store, (_, { storage }) => {
    // Isolates compile a document without a compiled form.
    storage.sql.exec('DELETE FROM compiled_forms')
    storage.sql.exec('DELETE FROM document_chunks')
    if (bytes === null) return
    for (let part = 0; part * DOCUMENT_CHUNK_BYTES < bytes.byteLength; part += 1) {
      const start = part * DOCUMENT_CHUNK_BYTES
      const chunk = bytes.slice(start, start + DOCUMENT_CHUNK_BYTES)
      storage.sql.exec('INSERT INTO document_chunks VALUES (1, ?, ?)', part, chunk)
    }
  })
}

async function exchange(gateway: Gateway, subjectToken: string, resource: string) {
  const body = new URLSearchParams(exchangeForm(subjectToken, { resource }))
  return gateway.send('/token', { method: 'POST', body })
}

/**
 * Asks again after a 503, as its `retry-after` says: while a gateway on a busy machine compiles
 * thousands of rules, its request for the keys of the issuer may time out.
 */
export async function adminTokenOf(gateway: Gateway): Promise<string> {
  let body: Record<string, unknown> = {}
  const ask = async () => {
    const response = await exchange(gateway, await adminSubjectToken(), GATEWAY)
    body = await readJson(response)
    return { status: response.status, error: body.error }
  }
  await expect
    .poll(ask, { timeout: 60_000, interval: 1000 })
    .toEqual({ status: 200, error: undefined })
  return String(body.access_token)
}

async function problemCodes(gateway: Gateway, token: string): Promise<unknown> {
  const response = await gateway.send('/admin/v1/trust/problems', { headers: bearer(token) })
  expect(response.status).toBe(200)
  const { problems, usable } = await readJson(response)
  const codes = (problems as { code: string }[]).map(({ code }) => code)
  return { usable, codes: [...new Set(codes)] }
}

/** Checks what the administrator reads, and that a new document restores the service. */
export async function recover(
  issuer: TestIssuer,
  expected: { usable: boolean; codes: readonly string[] },
): Promise<void> {
  const gateway = runWith({})
  const token = await adminTokenOf(gateway)
  const read = await gateway.send('/admin/v1/trust', { headers: bearer(token) })
  expect(read.status).toBe(200)
  expect(Number(read.headers.get('edgemint-trust-problems'))).toBeGreaterThan(0)
  expect(await readJson(read)).toBeTypeOf('object')
  expect(await problemCodes(gateway, token)).toEqual(expected)
  const health = await gateway.send('/health')
  expect(health.status).toBe(expected.usable ? 200 : 503)
  const put = await gateway.send('/admin/v1/trust', {
    method: 'PUT',
    headers: {
      'content-type': 'application/json',
      'if-match': read.headers.get('etag') ?? '',
      ...bearer(token),
    },
    body: JSON.stringify(trustFor(issuer.url)),
  })
  expect(put.status).toBe(200)
  expect((await runWith({}).exchange(await issuer.mint())).status).toBe(200)
}
