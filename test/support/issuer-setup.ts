/**
 * What the Worker's tests find running: the dev issuer, a real HTTP server, and a signing key made
 * for this run alone.
 */
import type { TestProject } from 'vitest/node'
import { startDevIssuer } from '../../src/dev/issuer/issuer.ts'
import './canary/claims.ts'
import { makeSigningKey } from './canary/keys.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const issuer = await startDevIssuer({ keysPort: 0 })
  project.provide('devIssuer', issuer.issuer)
  project.provide('keyHost', issuer.keyHost ?? '')
  project.provide('signingKey', await makeSigningKey())
  return () => issuer.close()
}
