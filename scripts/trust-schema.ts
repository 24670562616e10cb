/**
 * Writes src/contract/trust-schema/trust.schema.json from the zod schema of the trust document, so that the
 * Worker can serve it without the generator. A test compares the two. Run this after a change to
 * the schema: `node scripts/trust-schema.ts`.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeTrustDocument } from '../src/contract/trust-schema/json-schema.ts'

const root = join(import.meta.dirname, '..')
const target = join(root, 'src/contract/trust-schema/trust.schema.json')

writeFileSync(target, JSON.stringify(describeTrustDocument(), null, 2))
execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', target], {
  stdio: 'inherit',
})
