/**
 * What the Worker's tests find running: the dev issuer, a real HTTP server, and a signing key made
 * for this run alone.
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import type { TestProject } from 'vitest/node'
import { startDevIssuer } from '../../src/dev/issuer.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const issuer = await startDevIssuer()
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  project.provide('devIssuer', issuer.issuer)
  project.provide('signingKey', JSON.stringify({ ...jwk, kid, alg: 'ES256', use: 'sig' }))
  return () => issuer.close()
}
