/**
 * Starts the servers of the Worker tests: the dev issuer over HTTP, and a signing key for this run.
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
